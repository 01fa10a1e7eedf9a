import { topLists } from "@watchkeeper/catalogue/top-lists";
import type { Board, Panel } from "./model.ts";
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
import { field, ignored, link } from "./supported-fields.ts";
import { panels } from "./supported-panels.ts";

/**
 * What the console draws of Grafana's JSON. Anything else makes its panel a visible error: leaving an option out would
 * show something else than Grafana does.
 */

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
  exemplar: flag,
  editorMode: ignored,
  queryType: ignored,
  // Only what the catalogue lists: the console asks no database what a board's file says.
  rawSql: oneOf(...Object.values(topLists).map(({ sql }) => sql)),
  rawQuery: ignored,
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
    repeat: texts,
    repeatDirection: oneOf("h", "v"),
    maxPerRow: number,
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
    ...(type === "row" && { collapsed: flag, panels: anything }),
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
