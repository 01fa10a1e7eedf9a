import { sloSeries } from "./names.ts";
import { promql, Selector } from "./promql.ts";
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
 * The figures of one promise for a period, from what its rules recorded: nothing is extrapolated.
 * @param intervalSeconds how often the rules are evaluated
 * @throws Error when the period does not end after it begins, and whatever `ask` throws
 */
export async function complianceOf(
  slo: Slo,
  { from, to }: Period,
  intervalSeconds: number,
  ask: Ask,
): Promise<Compliance> {
  if (!(to > from)) {
    throw new Error(
      `Cannot report on "${slo.name}" as the period must end after it begins: ${from} to ${to}`,
    );
  }
  const mine = (name: string): Selector => new Selector(name, { slo: slo.name });
  // Prometheus 2 counts a sample at the very beginning of a range, 3 does not: the beginning is left out here.
  const range = (name: string): string => `${mine(name).text}[${Math.round((to - from) * 1_000) - 1}ms]`;
  const over = async (operation: string, name: string): Promise<number> =>
    (await ask(`${operation}_over_time(${range(name)})`, to)) ?? 0;

  /** A counter that did not exist when the period began was 0, unless Prometheus has forgotten what it was. */
  const grown = async (name: string): Promise<number> => {
    const last = await ask(`last_over_time(${range(name)})`, to);
    if (last === undefined) return 0;
    const before = await ask(promql`last_over_time(${mine(name)}[8d])`.text, from);
    if (before !== undefined) return last - before;
    const born = await ask(`min_over_time(${range(sloSeries.born)})`, to);
    return born === undefined || born > from ? last : last - (await over("min", name));
  };

  const events = await grown(sloSeries.eventsCumulative);
  const errors = await grown(sloSeries.errorsCumulative);
  const allEvents = await over("sum", sloSeries.eventsDelta);
  const allErrors = await over("sum", sloSeries.errorsDelta);
  const measured = (await over("count", sloSeries.eventsDelta)) * intervalSeconds;
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
    maintenanceSeconds: (await over("sum", sloSeries.maintenance)) * intervalSeconds,
  };
}
