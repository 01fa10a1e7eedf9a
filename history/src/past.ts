import { alerts as alertsMetric } from "@watchkeeper/catalogue/external";
import { httpRequestDurationSeconds, httpRequestsTotal } from "@watchkeeper/catalogue/metrics/http";
import {
  demoHistory,
  demoHistoryStep,
  recordedErrorRatio,
  recordedLatencyP95,
  recordedRequestRate,
} from "@watchkeeper/catalogue/recorded";
import type { Slo } from "@watchkeeper/catalogue/slo";
import { slos as allSlos } from "@watchkeeper/catalogue/slos/all";
import type { Place } from "./place.ts";
import { recordPromise } from "./promises.ts";
import { growthOf, type Series, seriesOf } from "./series.ts";
import { shapesAt } from "./shapes/all.ts";
import type { Moment, World } from "./world/world.ts";

/** Everything that Prometheus would have stored. */
export interface Past {
  readonly times: readonly number[];
  /** All that rules need of what is long ago: they go on from it as soon as they run. */
  readonly hourly: readonly Series[];
  /** What was scraped, and everything else that rules made of it. */
  readonly everything: readonly Series[];
}

const OVER = 300;

/** Linear within a bucket, as Prometheus has it. @param rates by their upper edges, which ascend to infinity */
function quantile(share: number, rates: readonly (readonly [edge: number, rate: number])[]): number {
  const all = rates.at(-1)?.[1] ?? 0;
  if (all === 0) return Number.NaN;
  const wanted = share * all;
  const i = rates.findIndex(([, rate]) => rate >= wanted);
  const [edge, rate] = rates[i] ?? [Number.NaN, 0];
  const [from, before] = rates[i - 1] ?? [0, 0];
  return edge === Number.POSITIVE_INFINITY
    ? from
    : from + (edge - from) * ((wanted - before) / (rate - before));
}

/** Requests a second of a selection over the last five minutes. */
function rateOf(series: readonly Series[], moments: readonly Moment[]): Float64Array {
  const growths = series.map(growthOf);
  const total = new Float64Array(moments.length);
  for (let i = 1; i < moments.length; i++) {
    total[i] = (total[i - 1] ?? 0) + growths.reduce((sum, growth) => sum + (growth[i] ?? 0), 0);
  }
  let from = 0;
  return Float64Array.from(moments, ({ at }, i) => {
    while ((moments[from + 1]?.at ?? at) <= at - OVER) from += 1;
    const seconds = at - (moments[from]?.at ?? at);
    return seconds > 0 ? ((total[i] ?? 0) - (total[from] ?? 0)) / seconds : 0;
  });
}

/** What the rules on requests would have recorded of the directory. */
function recordRequests(raw: readonly Series[], moments: readonly Moment[]): readonly Series[] {
  const requests = raw.filter(({ name, labels }) => name === httpRequestsTotal.name && labels.job === "app");
  const rate = rateOf(requests, moments);
  const failed = rateOf(
    requests.filter(({ labels }) => labels.status?.startsWith("5")),
    moments,
  );
  const edges = [...httpRequestDurationSeconds.buckets, Number.POSITIVE_INFINITY];
  const rates = edges.map((edge) => {
    const le = edge === Number.POSITIVE_INFINITY ? "+Inf" : String(edge);
    const name = `${httpRequestDurationSeconds.name}_bucket`;
    return rateOf(
      raw.filter((series) => series.name === name && series.labels.job === "app" && series.labels.le === le),
      moments,
    );
  });
  const labels = { job: "app" };
  return [
    {
      name: recordedLatencyP95.name,
      labels,
      values: Float64Array.from(moments, (_, i) =>
        quantile(
          0.95,
          edges.map((edge, at) => [edge, rates[at]?.[i] ?? 0]),
        ),
      ),
    },
    { name: recordedRequestRate.name, labels, values: rate },
    {
      name: recordedErrorRatio.name,
      labels,
      values: failed.map((errors, i) => ((rate[i] ?? 0) > 0 ? errors / (rate[i] ?? 0) : Number.NaN)),
    },
  ];
}

function recordAlerts({ moments, alerts }: World): readonly Series[] {
  const byName = new Map(alerts.map(({ alert }) => [alert.alertname, alert]));
  return [...byName.values()].map((alert) => ({
    name: alertsMetric.name,
    labels: { ...alert, alertstate: "firing" },
    values: Float64Array.from(moments, ({ firing }) =>
      firing.some(({ alertname }) => alertname === alert.alertname) ? 1 : Number.NaN,
    ),
  }));
}

/** Lives all shapes through a world, and records what the rules would have. */
export function createPast(world: World, place: Place, slos: readonly Slo[] = allSlos): Past {
  const { moments } = world;
  const raw = shapesAt(place).flatMap((shape) => seriesOf(shape, moments, place));
  const promises = slos.flatMap((slo) => recordPromise(slo, raw, moments));
  return {
    times: moments.map(({ at }) => at),
    hourly: promises.flatMap(({ hourly }) => hourly),
    everything: [
      {
        name: demoHistory.name,
        labels: {},
        values: Float64Array.from(moments, () => moments.at(-1)?.at ?? 0),
      },
      {
        name: demoHistoryStep.name,
        labels: {},
        values: Float64Array.from(moments, ({ seconds }) => seconds),
      },
      ...promises.flatMap(({ recorded }) => recorded),
      ...recordRequests(raw, moments),
      ...recordAlerts(world),
      ...raw,
    ],
  };
}
