import { sloSeries } from "@watchkeeper/catalogue/names";
import { Expr, promql } from "@watchkeeper/catalogue/promql";
import type { Duration } from "../alert.ts";
import { secondsOf, span } from "./timing.ts";

const named = (name: string): Expr => new Expr(name);

const recorded = {
  events: { cumulative: named(sloSeries.eventsCumulative), hourly: named(sloSeries.eventsHourly) },
  errors: { cumulative: named(sloSeries.errorsCumulative), hourly: named(sloSeries.errorsHourly) },
} as const;

/**
 * How many there were within the last `window`: two samples, however long it is. Where Prometheus paused at its begin,
 * what was first recorded after that counts; a promise younger than the window began at 0.
 */
function within(kind: keyof typeof recorded, window: Duration): Expr {
  const { cumulative, hourly } = recorded[kind];
  const age = secondsOf(window);
  const young = promql`${cumulative} * 0 and ${named(sloSeries.born)} > time() - ${age}`;
  const afterPause =
    age > 3_600
      ? promql`min_over_time(${hourly}[${span(window)}]) or min_over_time(${cumulative}[1h])`
      : promql`min_over_time(${cumulative}[${span(window)}])`;
  return promql`(${cumulative} - (${cumulative} offset ${span(window)} or ${young} or ${afterPause}))`;
}

export const eventsIn = (window: Duration): Expr => within("events", window);
export const errorsIn = (window: Duration): Expr => within("errors", window);

/** How many errors the promise allows for at the traffic of the window. */
export const allowedIn = (window: Duration): Expr =>
  promql`(${eventsIn(window)} * on (slo) group_left () ${named(sloSeries.budgetRatio)})`;
