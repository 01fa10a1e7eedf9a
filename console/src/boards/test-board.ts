// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Grafana
import type { Board, Panel } from "./model.ts";

/** A board of everything that the console draws and no generated board uses, and of everything that goes wrong. */

let next = 1;
const panel = (title: string, type: string, exprs: readonly string[], more: Partial<Panel> = {}): Panel => ({
  id: next++,
  title,
  type,
  gridPos: { x: ((next - 2) % 3) * 8, y: 1 + Math.floor((next - 2) / 3) * 6, w: 8, h: 6 },
  targets: exprs.map((expr, i) => ({ refId: "ABCDEF"[i] ?? "A", expr, legendFormat: "{{name}}" })),
  ...more,
});

const instant = (expr: string) => [{ refId: "A", expr, instant: true, legendFormat: "{{name}}" }];
const named = (name: string, expr: string): string => `label_replace(${expr}, "name", "${name}", "", "")`;

const panels: readonly Panel[] = [
  panel("One", "stat", ["vector(42.5)"]),
  panel("No number", "stat", ["vector(0) / 0"]),
  panel("Endless", "stat", ["vector(1) / 0"]),
  panel("Endless below", "gauge", ["vector(-1) / 0"]),
  panel("Nothing", "stat", ["nothing_of_this_name"], {
    fieldConfig: { defaults: { noValue: "nobody" }, overrides: [] },
  }),
  panel("Empty chart", "timeseries", ["nothing_of_this_name"]),
  panel("Gaps", "timeseries", [named("odd", "vector(time() % 600) < 300"), named("up", "vector(1) / 0")]),
  panel("Broken query", "timeseries", ["sum("]),
  panel("Duplicate", "timeseries", [
    "vector(1) + on() (label_replace(vector(1), 'a', 'b', '', '') or vector(2))",
  ]),
  panel("Unknown type", "piechart", ["vector(1)"]),
  panel("Unknown unit", "stat", ["vector(1)"], {
    fieldConfig: { defaults: { unit: "furlongs" }, overrides: [] },
  }),
  panel("Bar chart", "barchart", [], {
    targets: instant(`${named("a", "vector(3)")} or ${named("b", "vector(4)")}`),
    options: { xField: "name" },
  }),
  panel("States", "state-timeline", [named("job", "vector(time() % 1200 >= bool 600)")], {
    fieldConfig: {
      defaults: {
        mappings: [
          {
            type: "value",
            options: { "0": { text: "down", color: "red" }, "1": { text: "up", color: "green" } },
          },
        ],
      },
      overrides: [],
    },
  }),
  panel(
    "Two axes",
    "timeseries",
    [named("seconds", "vector(time() % 60)"), named("bytes", "vector(time() % 9e6)")],
    {
      fieldConfig: {
        defaults: { unit: "s" },
        overrides: [
          {
            matcher: { id: "byName", options: "bytes" },
            properties: [
              { id: "unit", value: "bytes" },
              { id: "custom.axisPlacement", value: "right" },
            ],
          },
        ],
      },
    },
  ),
  panel("Many rows", "table", [], {
    targets: [
      { refId: "A", expr: 'label_replace(vector(7), "job", "app", "", "")', instant: true, format: "table" },
    ],
    transformations: [
      {
        id: "organize",
        options: { excludeByName: { Time: true }, renameByName: { Value: "Number", job: "Job" } },
      },
    ],
    fieldConfig: {
      defaults: {},
      overrides: [
        {
          matcher: { id: "byName", options: "Job" },
          properties: [
            { id: "links", value: [{ title: "", url: "/d/overview?var-job=${__data.fields.Job}" }] },
          ],
        },
      ],
    },
  }),
  panel("Hostile", "text", [], {
    options: {
      mode: "markdown",
      content: "**Hello** $pick <img src=x onerror=alert(1)> </script><script>alert(2)</script>",
    },
  }),
  {
    id: 100,
    type: "row",
    title: "For $each",
    gridPos: { x: 0, y: 100, w: 24, h: 1 },
    repeat: "each",
    collapsed: false,
  },
  panel("Of $each", "stat", ['label_replace(vector(1), "name", "$each", "", "")'], {
    gridPos: { x: 0, y: 101, w: 8, h: 4 },
    options: { textMode: "name" },
  }),
  panel("Copy of $each", "stat", ['label_replace(vector(2), "name", "$each", "", "")'], {
    gridPos: { x: 0, y: 105, w: 24, h: 4 },
    repeat: "each",
    repeatDirection: "h",
    maxPerRow: 2,
    options: { textMode: "name" },
  }),
  {
    id: 200,
    type: "row",
    title: "Folded",
    gridPos: { x: 0, y: 200, w: 24, h: 1 },
    collapsed: true,
    panels: [panel("Inside", "stat", ["vector(5)"], { gridPos: { x: 0, y: 201, w: 8, h: 4 } })],
  },
];

const manyValues = Array.from({ length: 10_000 }, (_, i) => `value-${i}`).join(",");

export const testBoard: Board = {
  uid: "everything",
  title: "Everything </script>",
  time: { from: "now-1h", to: "now" },
  refresh: "",
  panels,
  templating: {
    list: [
      {
        name: "pick",
        type: "custom",
        label: "Pick",
        query: manyValues,
        multi: true,
        includeAll: true,
        current: { value: "value-1" },
      },
      {
        name: "each",
        type: "custom",
        query: "left,right,middle",
        multi: true,
        current: { value: ["left", "right"] },
      },
      {
        name: "job",
        type: "query",
        label: "Job",
        query: { query: "label_values(up, job)" },
        includeAll: true,
      },
    ],
  },
  annotations: {
    list: [
      {
        name: "Mark",
        enable: true,
        expr: "vector(time() % 3000) < 300",
        titleFormat: "Mark",
        iconColor: "red",
      },
    ],
  },
};
