import { sloSeries } from "@watchkeeper/catalogue/names";
import { Expr, notMatch, promql, Selector } from "@watchkeeper/catalogue/promql";
import type { Grouping, Indicator, Slo } from "@watchkeeper/catalogue/slo";
import type { RecordingRule } from "./rule.ts";
import { lately } from "./shared-series.ts";
import type { RuleTiming } from "./timing.ts";
import { eventsIn } from "./windows.ts";

/** Who is told apart from nobody. An exporter that bounds its label calls the rest so as well. */
export const OTHER = "other";

/** How what several series have counted becomes the promise's: as one number, or as one for each group. */
export interface Together {
  /** The labels by which what is counted stays told apart. */
  readonly apart: readonly string[];
  /** The labels that two such numbers have in common, as `on` takes them. */
  readonly on: Expr;
  /** The sum of a vector; 0 where there is nothing to sum. */
  sum(vector: Expr): Expr;
}

const all: Together = {
  apart: [],
  on: new Expr("on ()"),
  sum: (vector) => promql`(sum(${vector}) or vector(0))`,
};

const tracked = (slo: string): Expr => new Selector(sloSeries.groups, { slo });

function each(slo: string, label: Expr): Together {
  const groups = tracked(slo);
  const asOther = (value: Expr): Expr => new Expr(`label_replace(${value}, "${label}", "${OTHER}", "", "")`);
  return {
    apart: [label.text],
    on: promql`on (${label})`,
    sum: (vector) => promql`
      (sum by (${label}) (${vector}) and on (${label}) ${groups}
      or ${asOther(promql`sum((${vector}) unless on (${label}) ${groups})`)}
      or sum by (${label}) (${groups}) or ${asOther(promql`vector(0)`)})`,
  };
}

export const togetherOf = ({ name, per }: Slo): Together => (per ? each(name, new Expr(per.label)) : all);

const totalOf = (indicator: Indicator): readonly Selector[] =>
  indicator.kind === "samples" ? [indicator.gauge] : indicator.total;

/**
 * Who is told apart: whoever was and still had events within the window, and, while there is room, those with the most
 * events. It is decided once for each, since a rank that changes with the hour would tear budgets apart.
 */
function trackedRule(slo: Slo, { label: name, atMost }: Grouping, { lag }: RuleTiming): RecordingRule {
  const label = new Expr(name);
  const named = { [name]: notMatch(`|${OTHER}`) };
  const kept = promql`sum by (${label}) (${eventsIn(`${slo.days}d`, { slo: slo.name, ...named })} > 0)`;
  const counters = totalOf(slo.indicator).map(
    (total) =>
      promql`sum by (${label}) (${new Selector(total.name, { ...total.matchers, ...named })} offset ${lately(lag)})`
        .text,
  );
  const seen = new Expr(counters.join(" or "));
  return {
    record: sloSeries.groups,
    labels: { slo: slo.name },
    expr: promql`
      0 * (${kept}
      or topk(scalar(${atMost} - count(${kept}) or vector(${atMost})), (${seen}) unless on (${label}) ${kept}))`,
  };
}

/** The rule that a promise to each of several needs before it counts. */
export const groupRules = (slo: Slo, timing: RuleTiming): readonly RecordingRule[] =>
  slo.per ? [trackedRule(slo, slo.per, timing)] : [];
