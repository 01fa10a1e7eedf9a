import { periodAt } from "./calendar.ts";
import { recorded, sloSeries } from "./names.ts";
import { Selector } from "./promql.ts";
import type { Slo } from "./slo.ts";

/** From `from`, which is not part of it, up to `to`. In Unix seconds. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** How often the rules of promises are evaluated; `alerts/src/slo/timing.ts` is held to it by a test. */
export const EVALUATION_SECONDS = 15;

/** How well a promise was kept in a period. */
export interface Compliance {
  readonly slo: string;
  /** What the budget is judged by: without planned maintenance. */
  readonly events: number;
  readonly errors: number;
  /** The same with what happened in planned maintenance. */
  readonly allEvents: number;
  readonly allErrors: number;
  /** Share of events that kept the promise; undefined where nothing was counted. */
  readonly compliance: number | undefined;
  readonly allCompliance: number | undefined;
  /** Share of the errors that the promise allowed for at this traffic; more than 1 means that it was broken. */
  readonly budgetSpent: number;
  /** How long nothing was evaluated: Prometheus was away, or the promise did not exist yet. */
  readonly notMeasuredSeconds: number;
  readonly maintenanceSeconds: number;
}

/** Asks Prometheus for the one value of an expression at a time in Unix seconds; undefined where it has none. */
export type Ask = (expression: string, at: number) => Promise<number | undefined>;

const share = (errors: number, events: number): number | undefined =>
  events > 0 ? 1 - errors / events : undefined;

/**
 * The period that a promise is judged by at a moment: that of its calendar as far as it has passed, or its rolling days
 * before it.
 * @param at in Unix seconds
 * @param later -1 for the whole period before it, -2 for the one before that
 */
export function periodOf({ calendar, days }: Pick<Slo, "calendar" | "days">, at: number, later = 0): Period {
  if (!calendar) {
    const to = at + later * days * 86_400;
    return { from: to - days * 86_400, to };
  }
  const { from, to } = periodAt(calendar, at, later);
  return { from, to: Math.min(to, at) };
}

/**
 * The figures of one promise for a period, from what its rules recorded: nothing is extrapolated.
 * @param intervalSeconds how often the rules are evaluated
 * @param group one of those to whom the promise is made, where it is made to each of several; all together where it
 *   is left out
 * @throws Error when the period does not end after it begins, when a group is given to a promise that has none, and
 *   whatever `ask` throws
 */
export async function complianceOf(
  slo: Slo,
  { from, to }: Period,
  intervalSeconds: number,
  ask: Ask,
  group?: string,
): Promise<Compliance> {
  if (slo.per === undefined && group !== undefined) {
    throw new Error(`Cannot report on "${slo.name}" as it is made to all together: found ${group}`);
  }
  if (!(to > from)) {
    throw new Error(
      `Cannot report on "${slo.name}" as the period must end after it begins: ${from} to ${to}`,
    );
  }
  const ofAll = { slo: slo.name };
  const labels = slo.per && group !== undefined ? { ...ofAll, [slo.per.label]: group } : ofAll;
  const mine = (name: string): Selector => new Selector(name, labels);
  // Prometheus 2 counts a sample at the very beginning of a range, 3 does not: the beginning is left out here.
  const rangeOf = (series: Selector): string => `${series.text}[${Math.round((to - from) * 1_000) - 1}ms]`;
  const range = (name: string): string => rangeOf(mine(name));
  const over = async (together: "sum" | "max", operation: string, name: string): Promise<number> =>
    (await ask(`${together}(${operation}_over_time(${range(name)}))`, to)) ?? 0;
  // Work is planned for a service, not for one of those whom it serves.
  const planned = await ask(`sum_over_time(${rangeOf(new Selector(sloSeries.maintenance, ofAll))})`, to);

  /** A counter that did not exist when the period began was 0, unless Prometheus has forgotten what it was. */
  const grown = async (name: string): Promise<number> => {
    const last = `last_over_time(${range(name)})`;
    const before = `last_over_time(${mine(name).text}[8d] offset ${Math.round((to - from) * 1_000)}ms)`;
    const forgotten = `(min_over_time(${range(name)}) and min_over_time(${range(sloSeries.born)}) <= ${from})`;
    return (await ask(`sum(${last} - (${before} or ${forgotten} or ${last} * 0))`, to)) ?? 0;
  };

  const events = await grown(sloSeries.eventsCumulative);
  const errors = await grown(sloSeries.errorsCumulative);
  const allEvents = await over("sum", "sum", sloSeries.eventsDelta);
  const allErrors = await over("sum", "sum", sloSeries.errorsDelta);
  const step = new Selector(recorded.demoHistoryStep, {});
  // A point of a demo's made-up past stands for several evaluations.
  const madeUp = `sum(sum_over_time(${rangeOf(step)}) - count_over_time(${rangeOf(step)}) * ${intervalSeconds})`;
  const measured =
    (await over("max", "count", sloSeries.eventsDelta)) * intervalSeconds + ((await ask(madeUp, to)) ?? 0);
  return {
    slo: slo.name,
    events,
    errors,
    allEvents,
    allErrors,
    compliance: share(errors, events),
    allCompliance: share(allErrors, allEvents),
    budgetSpent: events > 0 ? errors / (events * (1 - slo.objective)) : 0,
    notMeasuredSeconds: Math.max(0, to - from - measured),
    maintenanceSeconds: (planned ?? 0) * intervalSeconds,
  };
}
