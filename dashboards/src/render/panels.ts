import * as bargauge from "@grafana/grafana-foundation-sdk/bargauge";
import * as common from "@grafana/grafana-foundation-sdk/common";
import * as grafana from "@grafana/grafana-foundation-sdk/dashboard";
import * as gauge from "@grafana/grafana-foundation-sdk/gauge";
import * as heatmap from "@grafana/grafana-foundation-sdk/heatmap";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as text from "@grafana/grafana-foundation-sdk/text";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";
import type {
  BarGaugePanel,
  GaugePanel,
  HeatmapPanel,
  Panel,
  StatPanel,
  TextPanel,
  TimeseriesPanel,
} from "../panel.ts";
import { unitOf } from "../unit.ts";
import { byThresholds, lastValue, target, thresholdsOf } from "./fields.ts";
import { buildTable } from "./table.ts";
import { buildTopList } from "./top-list.ts";

/** Filled areas of several lines cover each other: only a lone line and a stack have them. */
function fillOf({ bars, stacked, queries }: TimeseriesPanel): number {
  if (bars) return 60;
  if (stacked) return 25;
  const [only, ...others] = queries;
  return others.length === 0 && !only?.legend.includes("{{") ? 8 : 0;
}

function buildTimeseries(panel: TimeseriesPanel): timeseries.PanelBuilder {
  const legend = new common.VizLegendOptionsBuilder()
    .placement(common.LegendPlacement.Bottom)
    .showLegend(true);
  if (panel.legend === "table")
    legend.displayMode(common.LegendDisplayMode.Table).calcs(["lastNotNull", "mean", "max"]);
  else legend.displayMode(common.LegendDisplayMode.List).calcs([]);
  const builder = new timeseries.PanelBuilder()
    .unit(panel.unit ?? unitOf(panel.metric.unit))
    .lineWidth(panel.bars ? 1 : 2)
    .drawStyle(panel.bars ? common.GraphDrawStyle.Bars : common.GraphDrawStyle.Line)
    .fillOpacity(fillOf(panel))
    .showPoints(common.VisibilityMode.Never)
    .legend(legend)
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    );
  if (!panel.belowZero) builder.min(0);
  if (panel.max !== undefined) builder.max(panel.max);
  if (panel.stacked)
    builder.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group("A"));
  if (panel.thresholds)
    builder
      .thresholds(thresholdsOf(panel.thresholds))
      .thresholdsStyle(
        new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed),
      );
  for (const [name, colour] of Object.entries(panel.colours ?? {}))
    builder.overrideByName(name, [
      { id: "color", value: { mode: grafana.FieldColorModeId.Fixed, fixedColor: colour } },
    ]);
  panel.queries.forEach((query, i) => void builder.withTarget(target(query, i, "range")));
  return builder;
}

const wordsOf = (words: Readonly<Record<number, string>>): grafana.ValueMapping[] => [
  {
    type: grafana.MappingType.ValueToText,
    options: Object.fromEntries(
      Object.entries(words).map(([value, word], index) => [value, { text: word, index }]),
    ),
  },
];

function buildStat(panel: StatPanel): stat.PanelBuilder {
  const sparkline = panel.sparkline ?? true;
  const builder = new stat.PanelBuilder()
    .unit(panel.unit ?? unitOf(panel.metric.unit))
    .reduceOptions(lastValue())
    .thresholds(thresholdsOf(panel.thresholds))
    .colorScheme(byThresholds())
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(sparkline ? common.BigValueGraphMode.Area : common.BigValueGraphMode.None)
    .textMode(panel.queries.length > 1 ? common.BigValueTextMode.ValueAndName : common.BigValueTextMode.Auto);
  if (panel.words) builder.mappings(wordsOf(panel.words));
  if (panel.nothing) builder.noValue(panel.nothing);
  panel.queries.forEach(
    (query, i) => void builder.withTarget(target(query, i, sparkline ? "range" : "instant")),
  );
  return builder;
}

function buildGauge(panel: GaugePanel): gauge.PanelBuilder {
  const builder = new gauge.PanelBuilder()
    .unit(panel.unit ?? unitOf(panel.metric.unit))
    .min(panel.min)
    .max(panel.max)
    .reduceOptions(lastValue())
    .thresholds(thresholdsOf(panel.thresholds))
    .colorScheme(byThresholds())
    .showThresholdMarkers(true)
    .showThresholdLabels(false);
  panel.queries.forEach((query, i) => void builder.withTarget(target(query, i, "instant")));
  return builder;
}

function buildBarGauge(panel: BarGaugePanel): bargauge.PanelBuilder {
  const builder = new bargauge.PanelBuilder()
    .unit(panel.unit ?? unitOf(panel.metric.unit))
    .min(panel.min ?? 0)
    .reduceOptions(lastValue())
    .thresholds(thresholdsOf(panel.thresholds))
    .colorScheme(byThresholds())
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .showUnfilled(true);
  if (panel.max !== undefined) builder.max(panel.max);
  if (panel.nothing) builder.noValue(panel.nothing);
  panel.queries.forEach((query, i) => void builder.withTarget(target(query, i, "instant")));
  return builder;
}

const buildHeatmap = (panel: HeatmapPanel): heatmap.PanelBuilder =>
  new heatmap.PanelBuilder()
    .unit("short")
    .calculate(false)
    .color(
      new heatmap.HeatmapColorOptionsBuilder()
        .mode(heatmap.HeatmapColorMode.Scheme)
        .scheme("Blues")
        .steps(64),
    )
    .yAxis(new heatmap.YAxisConfigBuilder().unit(panel.unit ?? unitOf(panel.metric.unit)))
    .withTarget(target(panel.query, 0, "heatmap"));

const buildText = (panel: TextPanel): text.PanelBuilder =>
  new text.PanelBuilder().mode(text.TextMode.Markdown).content(panel.markdown);

/** What every builder of the SDK has. */
export type PanelBuilder =
  | timeseries.PanelBuilder
  | stat.PanelBuilder
  | gauge.PanelBuilder
  | bargauge.PanelBuilder
  | heatmap.PanelBuilder
  | text.PanelBuilder
  | ReturnType<typeof buildTable>;

/** The builder of one panel's kind, with all that only this kind has. */
export function buildPanel(panel: Panel): PanelBuilder {
  switch (panel.type) {
    case "timeseries":
      return buildTimeseries(panel);
    case "stat":
      return buildStat(panel);
    case "gauge":
      return buildGauge(panel);
    case "bargauge":
      return buildBarGauge(panel);
    case "table":
      return buildTable(panel);
    case "toplist":
      return buildTopList(panel);
    case "heatmap":
      return buildHeatmap(panel);
    case "text":
      return buildText(panel);
  }
}
