import { Expr, promql } from "@watchkeeper/catalogue/promql";

/** A recorded series by its name. */
export const named = (name: string): Expr => new Expr(name);

/** A number of seconds as a span. */
export const lately = (seconds: number): Expr => new Expr(`${seconds}s`);

/**
 * What the last evaluation recorded; nothing after a pause of five minutes, which is how far Prometheus looks back.
 * It is the evaluation before this one wherever this one has not recorded yet.
 */
export const before = (series: Expr): Expr => promql`${series} offset 1s`;

/** What was recorded last before a pause, of a series and of its hourly copy: it costs more, and is needed seldom. */
export const beforePause = (series: Expr, hourly: Expr): Expr =>
  promql`last_over_time(${series}[1h]) or last_over_time(${hourly}[8d])`;
