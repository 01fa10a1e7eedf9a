import { type Compliance, compliancesOf, EVALUATION_SECONDS } from "@watchkeeper/catalogue/compliance";
import { httpRequestDurationSeconds, httpRequestsTotal } from "@watchkeeper/catalogue/metrics/http";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { buckets, count, match, notMatch, promql, series } from "@watchkeeper/catalogue/promql";
import type { Slo } from "@watchkeeper/catalogue/slo";
import type { Prometheus, Sample } from "../upstream/prometheus.ts";
import { eachDay, range, type Span } from "./each-day.ts";

/** How a promise was kept. */
export interface Kept extends Compliance {
  readonly promise: Slo;
  /** Errors of each day, as many as the period has days. */
  readonly errorsByDay: readonly number[];
  /** Share of the rolling budget that is left at the end; undefined where nothing was recorded. */
  readonly remaining: number | undefined;
}

/** What failed most. */
export interface FailingRoute {
  readonly name: string;
  readonly errors: number;
}

export interface ResponseTimes {
  /** Seconds within which half, and 95 of 100, of all requests were answered; undefined without requests. */
  readonly median: number | undefined;
  readonly p95: number | undefined;
  readonly p95Before: number | undefined;
  readonly p95ByDay: readonly (number | undefined)[];
  readonly slowest: readonly { readonly name: string; readonly p95: number }[];
}

const visitors = { job: "app", route: notMatch("/healthz") } as const;
const finite = (value: number | undefined): number | undefined =>
  Number.isFinite(value) ? value : undefined;

const errorsBySlo = (during: string): string =>
  `sum by (slo) (sum_over_time(${sloSeries.errorsDelta}${during}))`;

/** The errors that each promise counted in a span, by the promise's name. */
export async function errorsIn(prometheus: Prometheus, span: Span): Promise<ReadonlyMap<string, number>> {
  const samples = await prometheus.query(errorsBySlo(range(span)), span.toMs / 1_000);
  return new Map(samples.map(({ labels, value }) => [labels.slo ?? "", value]));
}

/**
 * How each promise was kept, from what its rules have recorded.
 *
 * @param days the period's days, the last of which may end early
 * @throws Error in one sentence while Prometheus is away
 */
export async function loadKept(
  prometheus: Prometheus,
  slos: readonly Slo[],
  days: readonly Span[],
): Promise<readonly Kept[]> {
  const from = (days[0]?.fromMs ?? 0) / 1_000;
  const to = (days.at(-1)?.toMs ?? 0) / 1_000;
  const byDay = await eachDay(prometheus, errorsBySlo, days);
  const left = await prometheus.query(
    // Of a promise to each of several, whoever has least left.
    `min by (slo) (last_over_time(${sloSeries.budgetRemaining}[1h]))`,
    to,
  );
  const compliances = await compliancesOf(slos, { from, to }, EVALUATION_SECONDS, prometheus.query);
  const sampleOf = (samples: readonly Sample[], slo: Slo): number | undefined =>
    samples.find(({ labels }) => labels.slo === slo.name)?.value;
  return slos.map((promise, i) => ({
    ...(compliances[i] as Compliance),
    promise,
    errorsByDay: byDay.map((samples) => sampleOf(samples, promise) ?? 0),
    remaining: sampleOf(left, promise),
  }));
}

const routeName = (labels: Readonly<Record<string, string>>): string => `${labels.method} ${labels.route}`;

/** The requests that failed by our fault most often, with the status that they got. */
export async function loadFailing(prometheus: Prometheus, span: Span): Promise<readonly FailingRoute[]> {
  const failed = series(httpRequestsTotal, { ...visitors, status: match("5..") }).text;
  const samples = await prometheus.query(
    `topk(3, sum by (method, route, status) (increase(${failed}${range(span)})) >= 1)`,
    span.toMs / 1_000,
  );
  return samples
    .map(({ labels, value }) => ({
      name: `${routeName(labels)} with ${labels.status}`,
      errors: Math.round(value),
    }))
    .sort((a, b) => b.errors - a.errors);
}

/** How fast requests of visitors were answered. */
export async function loadResponseTimes(
  prometheus: Prometheus,
  days: readonly Span[],
  before: Span,
): Promise<ResponseTimes> {
  const whole = { fromMs: days[0]?.fromMs ?? 0, toMs: days.at(-1)?.toMs ?? 0 };
  const all = buckets(httpRequestDurationSeconds, visitors).text;
  const within = (share: number, during: string): string =>
    `histogram_quantile(${share}, sum by (le) (increase(${all}${during})))`;
  const quantile = async (share: number, span: Span): Promise<number | undefined> =>
    finite(await prometheus.ask(within(share, range(span)), span.toMs / 1_000));
  const byDay = await eachDay(prometheus, (during) => within(0.95, during), days);
  const answered = promql`${count(httpRequestDurationSeconds, visitors)}`.text;
  const slowest = await prometheus.query(
    `topk(3, histogram_quantile(0.95, sum by (le, method, route) (increase(${all}${range(whole)})))
      and on (method, route) sum by (method, route) (increase(${answered}${range(whole)})) >= 20)`,
    whole.toMs / 1_000,
  );
  return {
    median: await quantile(0.5, whole),
    p95: await quantile(0.95, whole),
    p95Before: await quantile(0.95, before),
    p95ByDay: byDay.map((samples) => finite(samples[0]?.value)),
    slowest: slowest
      .filter(({ value }) => Number.isFinite(value))
      .map(({ labels, value }) => ({ name: routeName(labels), p95: value }))
      .sort((a, b) => b.p95 - a.p95),
  };
}
