import type { ForeignMetric } from "@watchkeeper/catalogue/external";
import type { Metric } from "@watchkeeper/catalogue/metric";
import type { TopListName } from "@watchkeeper/catalogue/top-lists";
import type { Query } from "./query.ts";
import type { Colour, Thresholds } from "./thresholds.ts";
import type { UnitId } from "./unit.ts";

type Width = 3 | 4 | 6 | 8 | 12 | 16 | 18 | 24;

interface PanelBase {
  /** Never changes, though the title may: the panel's number and links to it come from it. */
  readonly key: string;
  readonly title: string;
  /** One or two sentences: what it shows and when to worry. The metric's own meaning is added. */
  readonly about: string;
  /** Of 24 columns. */
  readonly width: Width;
  /** Half as high as others of its kind: for a table of a few rows. */
  readonly short?: true;
  /** Half as high again: for a table whose rows should all be seen. */
  readonly tall?: true;
  /** Names of alerts whose runbooks help with what the panel shows. */
  readonly runbooks?: readonly string[];
  /** The board that tells more. */
  readonly more?: string;
}

interface DataPanel extends PanelBase {
  /** What is shown; its unit is the panel's unless the expression changes it. */
  readonly metric: Metric | ForeignMetric;
  readonly unit?: UnitId;
  readonly decimals?: number;
}

/** Lines or bars over time. */
export interface TimeseriesPanel extends DataPanel {
  readonly type: "timeseries";
  readonly queries: readonly Query[];
  readonly stacked?: true;
  readonly bars?: true;
  /** Drawn as lines where they matter. */
  readonly thresholds?: Thresholds;
  readonly max?: number;
  /** Set where values may be negative: without it a chart begins at 0. */
  readonly belowZero?: true;
  /** Colours of legends whose meaning is fixed, such as red for failures. */
  readonly colours?: Readonly<Record<string, Colour>>;
  /** Values below the chart. */
  readonly legend?: "table" | "list";
}

/** One number or a few, coloured by what they mean. */
export interface StatPanel extends DataPanel {
  readonly type: "stat";
  readonly queries: readonly Query[];
  readonly thresholds: Thresholds;
  /** Words for values: `{ 0: "down", 1: "up" }`. */
  readonly words?: Readonly<Record<number, string>>;
  /** Shown when there is nothing to count. */
  readonly nothing?: string;
  /** Whether a small line shows the last hours. */
  readonly sparkline?: false;
}

/** One number between two ends. */
export interface GaugePanel extends DataPanel {
  readonly type: "gauge";
  readonly queries: readonly Query[];
  readonly thresholds: Thresholds;
  readonly min: number;
  readonly max: number;
}

/** A number for each of several things, side by side. */
export interface BarGaugePanel extends DataPanel {
  readonly type: "bargauge";
  readonly queries: readonly Query[];
  readonly thresholds: Thresholds;
  readonly min?: number;
  readonly max?: number;
  readonly nothing?: string;
}

/** A column of numbers, one for each row. */
export interface ValueColumn {
  readonly title: string;
  readonly query: Query;
  readonly unit: UnitId;
  readonly decimals?: number;
  readonly thresholds?: Thresholds;
}

/** Rows that are told apart by labels, with numbers of the moment. */
export interface TablePanel extends DataPanel {
  readonly type: "table";
  /** Labels that are columns, by the titles that people read. */
  readonly labels: Readonly<Record<string, string>>;
  readonly columns: readonly [ValueColumn, ...ValueColumn[]];
  /** Leads from a label's value to another board with this value chosen there. */
  readonly follow?: { readonly label: string; readonly board: string; readonly variable: string };
  /** The label whose values are the names of runbook pages, to which they lead. */
  readonly runbook?: string;
  /** The title of the column that the largest values are looked for in. */
  readonly sortBy: string;
  /** Set where the smallest values are the ones to look for. */
  readonly smallestFirst?: true;
  readonly nothing?: string;
}

/** A list that is published in the directory's database, since what is in it must be no label of a metric. */
export interface TopListPanel extends PanelBase {
  readonly type: "toplist";
  readonly list: TopListName;
  readonly nothing: string;
}

/** How values spread, as colours over time. */
export interface HeatmapPanel extends DataPanel {
  readonly type: "heatmap";
  /** `sum by (le)` of increases. */
  readonly query: Query;
}

/** Words. */
export interface TextPanel extends PanelBase {
  readonly type: "text";
  readonly markdown: string;
}

export type Panel =
  | TimeseriesPanel
  | StatPanel
  | GaugePanel
  | BarGaugePanel
  | TablePanel
  | TopListPanel
  | HeatmapPanel
  | TextPanel;
