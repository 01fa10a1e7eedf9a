import type { Slo } from "@watchkeeper/catalogue/slo";
import type { Database } from "../database/database.ts";
import type { Incident, Incidents, Pager } from "../upstream/pager.ts";
import type { Prometheus } from "../upstream/prometheus.ts";
import {
  errorsIn,
  type FailingRoute,
  type Kept,
  loadFailing,
  loadKept,
  loadResponseTimes,
  type ResponseTimes,
} from "./availability.ts";
import { type Business, type BusinessPeriod, loadBusiness, loadBusinessPeriod } from "./business.ts";
import type { Span } from "./each-day.ts";
import { endOf, periodBefore, type ReportPeriod, startOf } from "./period.ts";

/** What was found, or the sentence that says why nothing was. */
export type Found<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

/** What an incident cost the promise that it hurt most. */
export interface IncidentCost {
  readonly incident: Incident;
  readonly promise: Slo | undefined;
  readonly errors: number;
  /** Share of the errors that the promise allowed for in the whole period. */
  readonly budgetShare: number;
}

/** Everything that a report says, before it is put into words. */
export interface ReportData {
  readonly period: ReportPeriod;
  /** When the period ended, or now when it has not. Milliseconds since 1970. */
  readonly toMs: number;
  readonly kept: Found<readonly Kept[]>;
  readonly failing: Found<readonly FailingRoute[]>;
  readonly responseTimes: Found<ResponseTimes>;
  readonly incidents: Found<Incidents & { readonly costs: Found<readonly IncidentCost[]> }>;
  readonly business: Found<Business>;
  readonly before: Found<BusinessPeriod>;
  /** Events of use that were lost before they could be counted. */
  readonly dropped: Found<number>;
}

export interface ReportSources {
  readonly database: Pick<Database, "query">;
  readonly prometheus: Prometheus;
  readonly pager: Pager | undefined;
  readonly slos: readonly Slo[];
}

async function found<T>(look: () => Promise<T>): Promise<Found<T>> {
  try {
    return { ok: true, value: await look() };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Alerts fire some minutes after what they tell of has begun. */
const LEAD_MS = 5 * 60_000;

async function costOf(
  prometheus: Prometheus,
  kept: readonly Kept[],
  incident: Incident,
  { fromMs, toMs }: Span,
): Promise<IncidentCost> {
  const span = {
    fromMs: Math.max(fromMs, incident.startedAt - LEAD_MS),
    toMs: Math.min(toMs, incident.resolvedAt ?? toMs),
  };
  const errors = span.toMs > span.fromMs ? await errorsIn(prometheus, span) : new Map<string, number>();
  const costs = kept.map(({ promise, events }) => {
    const mine = errors.get(promise.name) ?? 0;
    const allowed = events * (1 - promise.objective);
    return { incident, promise, errors: mine, budgetShare: allowed > 0 ? mine / allowed : 0 };
  });
  const worst = costs.sort((a, b) => b.budgetShare - a.budgetShare)[0];
  return worst && worst.errors > 0 ? worst : { incident, promise: undefined, errors: 0, budgetShare: 0 };
}

async function loadDropped(prometheus: Prometheus, { fromMs, toMs }: Span): Promise<number> {
  const seconds = Math.round((toMs - fromMs) / 1_000);
  const dropped = `sum(increase(usage_events_total{usage_outcome="dropped"}[${seconds}s]))`;
  return Math.round((await prometheus.ask(dropped, toMs / 1_000)) ?? 0);
}

/** The days of a period up to a moment; the last one may end early. */
function daysUntil({ midnights }: ReportPeriod, toMs: number): readonly Span[] {
  return midnights.slice(0, -1).flatMap((fromMs, i) => {
    const end = Math.min(toMs, midnights[i + 1] ?? fromMs);
    return end > fromMs ? [{ fromMs, toMs: end }] : [];
  });
}

/**
 * Asks everybody who knows something about a period. What is away leaves its part unknown and no other.
 *
 * @throws Error in one line when the period has not begun
 */
export async function loadReportData(
  { database, prometheus, pager, slos }: ReportSources,
  period: ReportPeriod,
  nowMs: number,
): Promise<ReportData> {
  const whole = { fromMs: startOf(period), toMs: Math.min(endOf(period), nowMs) };
  if (whole.fromMs >= nowMs) {
    throw new Error(`Cannot report on ${period.name} as it has not begun`);
  }
  const earlier = periodBefore(period);
  const days = daysUntil(period, whole.toMs);
  const asked = {
    failing: found(() => loadFailing(prometheus, whole)),
    responseTimes: found(() =>
      loadResponseTimes(prometheus, days, { fromMs: startOf(earlier), toMs: endOf(earlier) }),
    ),
    business: found(() => loadBusiness(database, period)),
    before: found(() => loadBusinessPeriod(database, earlier)),
    dropped: found(() => loadDropped(prometheus, whole)),
  };
  const kept = await found(() => loadKept(prometheus, slos, days));
  const incidents = await found(async () => {
    if (!pager) throw new Error("No pager is set up to be asked");
    const during = await pager.during(whole.fromMs, whole.toMs);
    const costs = await found(async () => {
      if (!kept.ok) throw new Error(kept.reason);
      const list: IncidentCost[] = [];
      for (const incident of during.list) list.push(await costOf(prometheus, kept.value, incident, whole));
      return list;
    });
    return { ...during, costs };
  });
  return {
    period,
    toMs: whole.toMs,
    kept,
    incidents,
    failing: await asked.failing,
    responseTimes: await asked.responseTimes,
    business: await asked.business,
    before: await asked.before,
    dropped: await asked.dropped,
  };
}
