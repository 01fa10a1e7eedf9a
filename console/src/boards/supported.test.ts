import { expect, test } from "vitest";
import type { Board, Panel } from "./model.ts";
import { findUnsupported, findUnsupportedOfBoard } from "./supported.ts";

const panel = (fields: object): Panel => ({ id: 1, type: "timeseries", ...fields }) as Panel;

test.each<[object, string]>([
  [{ type: "piechart" }, 'type "piechart"'],
  [{ options: { legend: { calcs: ["median"] } } }, 'options.legend.calcs[0] "median"'],
  [{ options: { zoomMode: "y" } }, "options.zoomMode"],
  [{ fieldConfig: { defaults: { unit: "furlongs" } } }, 'fieldConfig.defaults.unit "furlongs"'],
  [
    { fieldConfig: { defaults: { custom: { fillBelowTo: "x" } } } },
    "fieldConfig.defaults.custom.fillBelowTo",
  ],
  [
    { fieldConfig: { overrides: [{ matcher: { id: "byValue" }, properties: [] }] } },
    'fieldConfig.overrides[0].matcher.id "byValue"',
  ],
  [
    {
      fieldConfig: {
        overrides: [
          { matcher: { id: "byName", options: "a" }, properties: [{ id: "custom.transform", value: "x" }] },
        ],
      },
    },
    'fieldConfig.overrides[0].properties[0].id "custom.transform"',
  ],
  [{ transformations: [{ id: "joinByField", options: {} }] }, 'transformations[0].id "joinByField"'],
  [{ targets: [{ expr: "up", format: "logs" }] }, 'targets[0].format "logs"'],
  [{ repeatDirection: "x" }, 'repeatDirection "x"'],
  [{ libraryPanel: { uid: "x" } }, "libraryPanel"],
  [{ constructor: 1 }, "constructor"],
])("%j is named as what the console does not draw", (fields, path) => {
  expect(findUnsupported(panel(fields))).toEqual([path]);
});

test("variables and annotations of other kinds are named, too", () => {
  const board = {
    uid: "x",
    title: "x",
    templating: {
      list: [
        { name: "a", type: "adhoc" },
        { name: "b", type: "query", query: "query_result(up)" },
      ],
    },
    annotations: { list: [{ builtIn: 1 }, { name: "deploys" }] },
  } as Board;
  expect(findUnsupportedOfBoard(board)).toEqual([
    "variable a: type adhoc",
    "variable b: query_result(up)",
    "annotation deploys: has no expr",
  ]);
});
