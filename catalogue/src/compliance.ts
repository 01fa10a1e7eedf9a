import { periodAt } from "./calendar.ts";
import { recorded, sloSeries } from "./names.ts";
import { match, Selector } from "./promql.ts";
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

/** Asks Prometheus for the values of an expression at a time in Unix seconds. */
export type Query = (
  expression: string,
  at: number,
) => Promise<readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]>;

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

/** One of those to whom a promise is made that is made to each of several. */
export interface Group {
  readonly label: string;
  readonly value: string;
}

/**
 * The figures of promises for a period, from what their rules recorded: nothing is extrapolated. Prometheus is asked of
 * all promises at once.
 *
 * @param intervalSeconds how often the rules are evaluated
 * @param group only what belongs to this one; all together where it is left out
 * @throws Error when the period does not end after it begins, when a group is given to a promise that has none, and
 *   whatever `query` throws
 */
export async function compliancesOf(
  slos: readonly Slo[],
  { from, to }: Period,
  intervalSeconds: number,
  query: Query,
  group?: Group,
): Promise<readonly Compliance[]> {
  for (const { name, per } of slos) {
    if (group && per?.label !== group.label) {
      throw new Error(
        `Cannot report on "${name}" as it is not made to each ${group.label}: found ${group.value}`,
      );
    }
    if (!(to > from)) {
      throw new Error(`Cannot report on "${name}" as the period must end after it begins: ${from} to ${to}`);
    }
  }
  const ofAll = { slo: match(slos.map(({ name }) => name).join("|")) };
  const labels = group ? { ...ofAll, [group.label]: group.value } : ofAll;
  const mine = (name: string): Selector => new Selector(name, labels);
  // Prometheus 2 counts a sample at the very beginning of a range, 3 does not: the beginning is left out here.
  const rangeOf = (series: Selector): string => `${series.text}[${Math.round((to - from) * 1_000) - 1}ms]`;
  const range = (name: string): string => rangeOf(mine(name));

  /** The value of each promise; 0 of those that have none. */
  const each = async (together: "sum" | "max", inner: string): Promise<(slo: Slo) => number> => {
    const values = await query(`${together} by (slo) (${inner})`, to);
    const bySlo = new Map(values.map(({ labels: { slo = "" }, value }) => [slo, value]));
    return ({ name }) => bySlo.get(name) ?? 0;
  };
  /** A counter that did not exist when the period began was 0, unless Prometheus has forgotten what it was. */
  const grown = (name: string): Promise<(slo: Slo) => number> => {
    const last = `last_over_time(${range(name)})`;
    const before = `last_over_time(${mine(name).text}[8d] offset ${Math.round((to - from) * 1_000)}ms)`;
    const forgotten = `(min_over_time(${range(name)}) and min_over_time(${range(sloSeries.born)}) <= ${from})`;
    return each("sum", `${last} - (${before} or ${forgotten} or ${last} * 0)`);
  };

  const eventsOf = await grown(sloSeries.eventsCumulative);
  const errorsOf = await grown(sloSeries.errorsCumulative);
  const allEventsOf = await each("sum", `sum_over_time(${range(sloSeries.eventsDelta)})`);
  const allErrorsOf = await each("sum", `sum_over_time(${range(sloSeries.errorsDelta)})`);
  const evaluationsOf = await each("max", `count_over_time(${range(sloSeries.eventsDelta)})`);
  // Work is planned for a service, not for one of those whom it serves.
  const plannedOf = await each(
    "max",
    `sum_over_time(${rangeOf(new Selector(sloSeries.maintenance, ofAll))})`,
  );
  const step = rangeOf(new Selector(recorded.demoHistoryStep, {}));
  // A point of a demo's made-up past stands for several evaluations.
  const madeUp = await query(
    `sum(sum_over_time(${step}) - count_over_time(${step}) * ${intervalSeconds})`,
    to,
  );
  const madeUpSeconds = madeUp[0]?.value ?? 0;

  return slos.map((slo) => {
    const [events, errors] = [eventsOf(slo), errorsOf(slo)];
    const [allEvents, allErrors] = [allEventsOf(slo), allErrorsOf(slo)];
    const measuredSeconds = evaluationsOf(slo) * intervalSeconds + madeUpSeconds;
    return {
      slo: slo.name,
      events,
      errors,
      allEvents,
      allErrors,
      compliance: share(errors, events),
      allCompliance: share(allErrors, allEvents),
      budgetSpent: events > 0 ? errors / (events * (1 - slo.objective)) : 0,
      notMeasuredSeconds: Math.max(0, to - from - measuredSeconds),
      maintenanceSeconds: plannedOf(slo) * intervalSeconds,
    };
  });
}
