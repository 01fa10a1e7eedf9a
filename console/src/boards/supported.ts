import type { Board, Panel } from "./model.ts";
import { reducers } from "./reducers.ts";
import {
  anything,
  flag,
  list,
  map,
  number,
  object,
  oneOf,
  type Shape,
  tagged,
  text,
  texts,
} from "./shape.ts";
import { isUnit } from "./units.ts";

/**
 * What the console draws of Grafana's JSON, all of it in one table. `ignored` marks what changes nothing that a reader
 * could miss here, such as the corner radius of a bar. Anything else makes its panel a visible error.
 */

const ignored = anything;

const calc: Shape = oneOf(...Object.keys(reducers));
const unit: Shape = (value, path) =>
  typeof value === "string" && isUnit(value) ? [] : [`${path} ${JSON.stringify(value)}`];

const link = object({
  title: text,
  url: texts,
  targetBlank: flag,
  type: oneOf("link"),
  tags: list(text),
  includeVars: flag,
  keepTime: flag,
  tooltip: texts,
  icon: ignored,
  asDropdown: oneOf(false),
});

const color = object({
  mode: oneOf("fixed", "thresholds", "palette-classic", "palette-classic-by-name", "continuous-GrYlRd"),
  fixedColor: text,
  seriesBy: ignored,
});

const result = object({ text, color: text, index: ignored });
const mapping = tagged("type", "options", {
  value: map(result),
  range: object({ from: number, to: number, result }),
  regex: object({ pattern: text, result }),
  special: object({ match: oneOf("null", "nan", "null+nan", "true", "false", "empty"), result }),
});

const thresholds = object({
  mode: oneOf("absolute", "percentage"),
  steps: list(object({ value: number, color: text })),
});

/** Properties of a field: as defaults and, one by one, in overrides. */
const field = {
  displayName: text,
  description: ignored,
  unit,
  decimals: number,
  min: number,
  max: number,
  noValue: text,
  mappings: list(mapping),
  thresholds,
  color,
  links: list(link),
};

const tooltip = object({
  mode: oneOf("single", "multi", "none"),
  sort: oneOf("none", "asc", "desc"),
  hideZeros: ignored,
  maxHeight: ignored,
  maxWidth: ignored,
  yHistogram: ignored,
  showColorScale: ignored,
});

const legend = object({
  displayMode: oneOf("list", "table", "hidden"),
  placement: oneOf("bottom", "right"),
  showLegend: flag,
  calcs: list(calc),
  sortBy: text,
  sortDesc: flag,
  width: ignored,
});

const reduceOptions = object({
  values: oneOf(false),
  calcs: list(calc),
  fields: oneOf("", "/^Value$/"),
  limit: ignored,
});

const orientation = oneOf("auto", "horizontal", "vertical");
const hideFrom = object({ legend: oneOf(false), tooltip: oneOf(false), viz: oneOf(false) });

/** Axes that are where they are anyway. */
const axis = {
  axisLabel: text,
  axisPlacement: oneOf("auto", "left", "right", "hidden"),
  axisSoftMin: number,
  axisSoftMax: number,
  axisWidth: ignored,
  axisColorMode: ignored,
  axisGridShow: ignored,
  axisBorderShow: ignored,
  axisCenteredZero: oneOf(false),
};

interface PanelSubset {
  readonly options: Readonly<Record<string, Shape>>;
  readonly custom: Readonly<Record<string, Shape>>;
}

const panels: Readonly<Record<string, PanelSubset>> = {
  timeseries: {
    options: { legend, tooltip, orientation: ignored, annotations: ignored },
    custom: {
      ...axis,
      hideFrom,
      drawStyle: oneOf("line", "bars", "points"),
      lineInterpolation: oneOf("linear", "smooth", "stepBefore", "stepAfter"),
      lineWidth: number,
      lineStyle: object({ fill: oneOf("solid", "dash", "dot"), dash: list(number) }),
      fillOpacity: number,
      gradientMode: ignored,
      barAlignment: ignored,
      barWidthFactor: ignored,
      barMaxWidth: ignored,
      showPoints: oneOf("auto", "never", "always"),
      pointSize: number,
      showValues: oneOf(false),
      spanNulls: (value, path) =>
        typeof value === "boolean" || typeof value === "number" ? [] : [`${path} ${String(value)}`],
      insertNulls: oneOf(false),
      scaleDistribution: object({ type: oneOf("linear", "log"), log: oneOf(2, 10) }),
      stacking: object({ mode: oneOf("none", "normal"), group: text }),
      thresholdsStyle: object({
        mode: oneOf("off", "line", "dashed", "area", "line+area", "dashed+area"),
      }),
    },
  },
  stat: {
    options: {
      reduceOptions,
      orientation,
      colorMode: oneOf("value", "background", "background_solid", "none"),
      graphMode: oneOf("area", "none"),
      textMode: oneOf("auto", "value", "value_and_name", "name"),
      justifyMode: ignored,
      wideLayout: ignored,
      text: ignored,
      showPercentChange: oneOf(false),
      percentChangeColorMode: ignored,
    },
    custom: { hideFrom },
  },
  gauge: {
    options: {
      reduceOptions,
      orientation,
      showThresholdLabels: oneOf(false),
      showThresholdMarkers: flag,
      sizing: ignored,
      minVizWidth: ignored,
      minVizHeight: ignored,
      text: ignored,
    },
    custom: { hideFrom },
  },
  bargauge: {
    options: {
      reduceOptions,
      orientation,
      displayMode: oneOf("basic", "gradient", "lcd"),
      valueMode: oneOf("color", "text", "hidden"),
      namePlacement: ignored,
      showUnfilled: ignored,
      sizing: ignored,
      minVizWidth: ignored,
      minVizHeight: ignored,
      maxVizHeight: ignored,
      legend: ignored,
      text: ignored,
    },
    custom: { hideFrom },
  },
  barchart: {
    options: {
      xField: text,
      orientation,
      showValue: oneOf("auto", "always", "never"),
      stacking: oneOf("none"),
      colorByField: ignored,
      legend: ignored,
      tooltip: ignored,
      barWidth: ignored,
      barRadius: ignored,
      groupWidth: ignored,
      fullHighlight: ignored,
      text: ignored,
      xTickLabelRotation: ignored,
      xTickLabelMaxLength: ignored,
      xTickLabelSpacing: ignored,
    },
    custom: {
      ...axis,
      hideFrom,
      lineWidth: ignored,
      fillOpacity: ignored,
      gradientMode: ignored,
      thresholdsStyle: ignored,
      scaleDistribution: ignored,
    },
  },
  table: {
    options: {
      showHeader: oneOf(true),
      sortBy: list(object({ displayName: text, desc: flag })),
      cellHeight: ignored,
      frameIndex: oneOf(0),
      showTypeIcons: ignored,
      enablePagination: ignored,
      footer: object({
        show: oneOf(false),
        reducer: ignored,
        countRows: ignored,
        fields: ignored,
        enablePagination: ignored,
      }),
    },
    custom: {
      align: oneOf("auto", "left", "center", "right"),
      cellOptions: tagged("type", "mode", {
        auto: ignored,
        "color-text": ignored,
        "color-background": ignored,
        gauge: ignored,
      }),
      hidden: flag,
      hideFrom,
      width: number,
      minWidth: number,
      inspect: ignored,
      filterable: ignored,
      displayMode: ignored,
      footer: ignored,
    },
  },
  heatmap: {
    options: {
      calculate: oneOf(false),
      calculation: ignored,
      color: object({
        mode: oneOf("scheme"),
        scheme: text,
        steps: ignored,
        exponent: number,
        scale: ignored,
        fill: ignored,
        reverse: oneOf(false),
        min: number,
        max: number,
      }),
      yAxis: object({ ...axis, unit, decimals: number, reverse: oneOf(false) }),
      rowsFrame: object({ layout: oneOf("auto", "le"), value: ignored }),
      filterValues: object({ le: number, ge: ignored }),
      cellGap: ignored,
      cellRadius: ignored,
      cellValues: object({ unit, decimals: number }),
      showValue: oneOf("auto", "never"),
      legend: ignored,
      tooltip,
      exemplars: ignored,
      selectionMode: ignored,
    },
    custom: { hideFrom, scaleDistribution: ignored },
  },
  "state-timeline": {
    options: {
      showValue: oneOf("auto", "always", "never"),
      rowHeight: ignored,
      mergeValues: oneOf(true),
      alignValue: ignored,
      perPage: ignored,
      legend,
      tooltip,
    },
    custom: {
      ...axis,
      hideFrom,
      lineWidth: ignored,
      fillOpacity: ignored,
      spanNulls: ignored,
      insertNulls: oneOf(false),
    },
  },
  text: {
    options: { mode: oneOf("markdown"), content: text, code: ignored },
    custom: { hideFrom },
  },
  row: { options: {}, custom: {} },
};

const target = object({
  refId: text,
  datasource: ignored,
  expr: text,
  legendFormat: text,
  instant: flag,
  range: flag,
  format: oneOf("time_series", "table", "heatmap"),
  interval: text,
  intervalFactor: oneOf(1),
  hide: flag,
  exemplar: ignored,
  editorMode: ignored,
  queryType: ignored,
});

const names = map(anything);
const transformation = tagged("id", "options", {
  merge: anything,
  organize: object({
    excludeByName: names,
    includeByName: oneOf(),
    indexByName: names,
    renameByName: map(text),
    orderByMode: ignored,
  }),
  sortBy: object({ fields: ignored, sort: list(object({ field: text, desc: flag })) }),
  limit: object({ limitField: number }),
  filterFieldsByName: object({ include: object({ names: list(text) }) }),
  labelsToFields: object({ mode: oneOf("columns"), keepLabels: ignored }),
});

const matcher = tagged("id", "options", {
  byName: text,
  byRegexp: text,
  byFrameRefID: text,
  byType: oneOf("number", "string", "time"),
});

const panelShape = (type: string): Shape => {
  const { options, custom } = panels[type] ?? { options: {}, custom: {} };
  const properties = {
    ...field,
    ...Object.fromEntries(Object.entries(custom).map(([name, shape]) => [`custom.${name}`, shape])),
  };
  return object({
    id: number,
    type: text,
    title: texts,
    description: texts,
    transparent: flag,
    gridPos: object({ x: number, y: number, w: number, h: number, static: ignored }),
    datasource: ignored,
    pluginVersion: ignored,
    repeatDirection: ignored,
    targets: list(target),
    transformations: list((value, path) => transformation(value, path)),
    interval: text,
    maxDataPoints: number,
    timeFrom: text,
    links: list(link),
    options: object(options),
    fieldConfig: object({
      defaults: object({ ...field, custom: object(custom) }),
      overrides: list(
        object({ matcher, properties: list(tagged("id", "value", properties)), __systemRef: ignored }),
      ),
    }),
    ...(type === "row" && { collapsed: flag, panels: anything, repeat: texts }),
  });
};

const variable = {
  query: anything,
  custom: anything,
  interval: anything,
  datasource: anything,
  constant: anything,
  textbox: anything,
};

/** Everything that the console can draw: panels by type, and the types of variables. */
export const SUPPORTED = { panels, variables: variable } as const;

/** What of a panel lies outside: the paths, none when it can be drawn. The panels of a row count for themselves. */
export function findUnsupported(panel: Panel): readonly string[] {
  if (!Object.hasOwn(panels, panel.type)) return [`type ${JSON.stringify(panel.type)}`];
  return panelShape(panel.type)(panel, "");
}

const asQuery = (query: unknown): string =>
  typeof query === "string" ? query : String((query as { query?: unknown } | undefined)?.query ?? "");

/** What of a board beside its panels lies outside. */
export function findUnsupportedOfBoard(board: Board): readonly string[] {
  const variables = (board.templating?.list ?? []).flatMap((each) => {
    if (!Object.hasOwn(variable, each.type)) return [`variable ${each.name}: type ${each.type}`];
    if (each.type === "query" && !/^label_values\(/.test(asQuery(each.query).trim()))
      return [`variable ${each.name}: ${asQuery(each.query)}`];
    return [];
  });
  const annotations = (board.annotations?.list ?? []).flatMap(({ builtIn, expr, target, name }) =>
    builtIn === 1 || expr !== undefined || target?.expr !== undefined
      ? []
      : [`annotation ${name}: has no expr`],
  );
  return [...variables, ...annotations];
}
