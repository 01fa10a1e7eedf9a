import { up } from "@watchkeeper/catalogue/external";
import { Expr, promql, type Selector, series } from "@watchkeeper/catalogue/promql";
import type { Together } from "./groups.ts";
import type { RuleTiming } from "./timing.ts";

const seconds = (value: number): Expr => new Expr(`${value}s`);

/**
 * By how much a counter has grown since the last evaluation, for each target: exact, nothing is extrapolated.
 *
 * It is what all series show now, less what those showed before that have not fallen since: a counter that fell was
 * started again and counts whole. So does a series without an earlier sample if its target was scraped before: it was
 * born with its first events. A target that was never seen before brings a past of its own that does not count.
 *
 * Series are added up before they are compared with whether their target was seen: that is looked up for each target,
 * not for each series, and most of the cost of a promise is here.
 * @param apart labels by which what is counted stays told apart
 */
export function growth(
  counter: Selector,
  { interval, lag, reach }: RuleTiming,
  apart: readonly string[] = [],
): Expr {
  const by = new Expr(["job", "instance", ...apart].join(", "));
  const now = promql`(${counter} offset ${seconds(lag)})`;
  const before = promql`last_over_time(${counter}[${seconds(reach)}] offset ${seconds(lag + interval)})`;
  const job = counter.matchers.job;
  const target = series(up, job === undefined ? {} : { job });
  const seen = promql`(max_over_time(${target}[${seconds(reach)}] offset ${seconds(lag + interval)}) == 1)`;
  const counted = promql`sum by (${by}) (${now})`;
  const known =
    apart.length > 0 ? promql`(${counted} and on (job, instance) ${seen})` : promql`max by (${by}) ${seen}`;
  return promql`${counted} - (sum by (${by}) (${before} <= ${now}) or 0 * ${known})`;
}

/** Growth of several counters together, and 0 where there is none of them. */
export function grown(counters: readonly Selector[], timing: RuleTiming, together: Together): Expr {
  const sums = counters.map((counter) => together.sum(growth(counter, timing, together.apart)).text);
  return new Expr(sums.join(` + ${together.on} `));
}

/** A gauge as it was when no scrape can still be under way. */
export const lagging = (gauge: Selector, { lag }: RuleTiming): Expr =>
  promql`(${gauge} offset ${seconds(lag)})`;
