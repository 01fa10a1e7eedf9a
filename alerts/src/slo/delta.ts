import { up } from "@watchkeeper/catalogue/external";
import { Expr, promql, type Selector, series } from "@watchkeeper/catalogue/promql";
import type { Together } from "./groups.ts";
import type { RuleTiming } from "./timing.ts";

const seconds = (value: number): Expr => new Expr(`${value}s`);

/**
 * By how much each series of a counter has grown since the last evaluation: exact, nothing is extrapolated.
 *
 * A counter that fell was started again and counts whole. So does a series without an earlier sample if its target was
 * scraped before: it was born with its first events. A target that was never seen before brings a past of its own that
 * does not count.
 */
export function growth(counter: Selector, { interval, lag, reach }: RuleTiming): Expr {
  const now = promql`(${counter} offset ${seconds(lag)})`;
  const before = promql`last_over_time(${counter}[${seconds(reach)}] offset ${seconds(lag + interval)})`;
  const job = counter.matchers.job;
  const target = series(up, job === undefined ? {} : { job });
  const seen = promql`(max_over_time(${target}[${seconds(reach)}] offset ${seconds(lag + interval)}) == 1)`;
  return promql`((${now} - ${before}) >= 0) or (${now} and on (job, instance) ${seen})`;
}

/** Growth of several counters together, and 0 where there is none of them. */
export function grown(counters: readonly Selector[], timing: RuleTiming, together: Together): Expr {
  const sums = counters.map((counter) => together.sum(growth(counter, timing)).text);
  return new Expr(sums.join(` + ${together.on} `));
}

/** A gauge as it was when no scrape can still be under way. */
export const lagging = (gauge: Selector, { lag }: RuleTiming): Expr =>
  promql`(${gauge} offset ${seconds(lag)})`;
