import * as common from "@grafana/grafana-foundation-sdk/common";
import * as grafana from "@grafana/grafana-foundation-sdk/dashboard";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import type { Query } from "../query.ts";
import type { Thresholds } from "../thresholds.ts";

/** Parts that panels of several kinds are made of. */

/** The Prometheus that the person chose at the top of the board. */
export const DATA_SOURCE = { type: "prometheus", uid: "$" + "{datasource}" } as const;

/** What a query is for: points over time, the moment alone, rows of a table, cells of a heatmap. */
export type Purpose = "range" | "instant" | "table" | "heatmap";

export function target(query: Query, i: number, purpose: Purpose): prometheus.DataqueryBuilder {
  const builder = new prometheus.DataqueryBuilder()
    .refId(String.fromCharCode("A".charCodeAt(0) + i))
    .datasource(DATA_SOURCE)
    .expr(query.expr.text)
    .legendFormat(query.legend);
  if (query.step) builder.interval(query.step);
  if (query.exemplars) builder.exemplar(true);
  if (purpose === "range" || purpose === "heatmap") builder.range();
  else builder.instant();
  if (purpose === "table") builder.format(prometheus.PromQueryFormat.Table);
  if (purpose === "heatmap") builder.format(prometheus.PromQueryFormat.Heatmap);
  return builder;
}

export const thresholdSteps = (thresholds: Thresholds): grafana.Threshold[] =>
  thresholds.map(({ from, colour }) => ({ value: from, color: colour }));

export const thresholdsOf = (thresholds: Thresholds): grafana.ThresholdsConfigBuilder =>
  new grafana.ThresholdsConfigBuilder()
    .mode(grafana.ThresholdsMode.Absolute)
    .steps(thresholdSteps(thresholds));

export const byThresholds = (): grafana.FieldColorBuilder =>
  new grafana.FieldColorBuilder().mode(grafana.FieldColorModeId.Thresholds);

/** The last value that there is. */
export const lastValue = (): common.ReduceDataOptionsBuilder =>
  new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false).fields("");
