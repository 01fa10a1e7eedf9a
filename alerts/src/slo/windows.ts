import { sloSeries } from "@watchkeeper/catalogue/names";
import { type Expr, type Matcher, promql, Selector } from "@watchkeeper/catalogue/promql";
import type { Duration } from "../alert.ts";
import { span } from "./timing.ts";

/** Of which promises; all by default. */
type Of = Readonly<Record<string, string | Matcher>>;

/**
 * How many there were within the last `window`: two samples, however long it is. Where there is none at its begin,
 * Prometheus had paused or the promise did not exist yet: what counting went on from after that is what it had then.
 */
function within(cumulative: string, resume: string, window: Duration, of: Of): Expr {
  const now = new Selector(cumulative, of);
  return promql`(${now} - (${now} offset ${span(window)} or min_over_time(${new Selector(resume, of)}[${span(window)}])))`;
}

export const eventsIn = (window: Duration, of: Of = {}): Expr =>
  within(sloSeries.eventsCumulative, sloSeries.eventsResume, window, of);

export const errorsIn = (window: Duration, of: Of = {}): Expr =>
  within(sloSeries.errorsCumulative, sloSeries.errorsResume, window, of);

/** How many errors the promise allows for at the traffic of the window. */
export const allowedIn = (window: Duration): Expr =>
  promql`(${eventsIn(window)} * on (slo) group_left () ${new Selector(sloSeries.budgetRatio, {})})`;
