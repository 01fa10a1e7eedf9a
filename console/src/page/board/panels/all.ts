import type { CreateView } from "../view.ts";
import { createBarChart, createBarGauge } from "./bars.ts";
import { createGauge } from "./gauge.ts";
import { createHeatmap } from "./heatmap.ts";
import { createStat } from "./stat.ts";
import { createStateTimeline } from "./state-timeline.ts";
import { createTable } from "./table.ts";
import { createText } from "./text.ts";
import { createTimeseries } from "./timeseries.ts";

/** How each type of panel is drawn. */
export const views: Readonly<Record<string, CreateView>> = {
  timeseries: createTimeseries,
  stat: createStat,
  gauge: createGauge,
  bargauge: createBarGauge,
  barchart: createBarChart,
  table: createTable,
  heatmap: createHeatmap,
  "state-timeline": createStateTimeline,
  text: createText,
};
