import type { ExternalMetric } from "@watchkeeper/catalogue/external";
import type { Metric } from "@watchkeeper/catalogue/metric";
import { Expr } from "@watchkeeper/catalogue/promql";

/** What a panel draws a line, a number or a row from. */
export interface Query {
  readonly expr: Expr;
  /** What the legend calls it; labels in braces. Empty for a lone number. */
  readonly legend: string;
  /** The smallest step between two points, such as `1h` for one bar an hour. */
  readonly step?: `${number}${"m" | "h"}`;
  /** Dots for single requests whose trace was kept. */
  readonly exemplars?: true;
}

/** @param legend fixed words, or labels made by `label` */
export const query = (expr: Expr, legend = "", more: Omit<Query, "expr" | "legend"> = {}): Query => ({
  expr,
  legend,
  ...more,
});

/** A window that fits the step of the chart and four scrapes at least: for `rate` and `increase` alone. */
export const rateInterval = new Expr("$__rate_interval");

/** The span that the person who looks has chosen. */
export const wholeRange = new Expr("$__range");

type LabelsOf<M> = M extends Metric<string, infer L> ? L : M extends ExternalMetric<infer L> ? L : never;

/** A label of the metric, for a legend: `{{route}}`. */
export const label = <M extends Metric | ExternalMetric>(
  _: M,
  name: LabelsOf<M> | "job" | "instance",
): string => `{{${name}}}`;
