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

/** What panels of several types have in common: fields, links, legends and axes. */

/** What changes nothing that a reader could miss here, such as the corner radius of a bar. */
export const ignored = anything;

export const calc: Shape = oneOf(...Object.keys(reducers));
export const unit: Shape = (value, path) =>
  typeof value === "string" && isUnit(value) ? [] : [`${path} ${JSON.stringify(value)}`];

export const link = object({
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

export const color = object({
  mode: oneOf("fixed", "thresholds", "palette-classic", "palette-classic-by-name", "continuous-GrYlRd"),
  fixedColor: text,
  seriesBy: ignored,
});

export const result = object({ text, color: text, index: ignored });
export const mapping = tagged("type", "options", {
  value: map(result),
  range: object({ from: number, to: number, result }),
  regex: object({ pattern: text, result }),
  special: object({ match: oneOf("null", "nan", "null+nan", "true", "false", "empty"), result }),
});

export const thresholds = object({
  mode: oneOf("absolute", "percentage"),
  steps: list(object({ value: number, color: text })),
});

/** Properties of a field: as defaults and, one by one, in overrides. */
export const field = {
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

export const tooltip = object({
  mode: oneOf("single", "multi", "none"),
  sort: oneOf("none", "asc", "desc"),
  hideZeros: ignored,
  maxHeight: ignored,
  maxWidth: ignored,
  yHistogram: ignored,
  showColorScale: ignored,
});

export const legend = object({
  displayMode: oneOf("list", "table", "hidden"),
  placement: oneOf("bottom", "right"),
  showLegend: flag,
  calcs: list(calc),
  sortBy: text,
  sortDesc: flag,
  width: ignored,
});

export const reduceOptions = object({
  values: oneOf(false),
  calcs: list(calc),
  fields: oneOf("", "/^Value$/"),
  limit: ignored,
});

export const orientation = oneOf("auto", "horizontal", "vertical");
export const hideFrom = object({ legend: oneOf(false), tooltip: oneOf(false), viz: oneOf(false) });

/** Axes that are where they are anyway. */
export const axis = {
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
