import { toolPath } from "@watchkeeper/testing/tools";
import { expect, test } from "vitest";
import type { BoardJson, PanelJson } from "./board-json.ts";
import { checkBoards, checkShown, checkWithPromtool, expressionsOf } from "./check.ts";
import { exceptions } from "./exceptions.ts";
import { loadSurroundings } from "./law.ts";
import { boardRules } from "./rules/all.ts";

const surroundings = await loadSurroundings();
const { boards } = surroundings;

test("our boards keep every rule, and every exception is needed", () => {
  expect(boards.length).toBeGreaterThanOrEqual(6);
  expect(checkBoards(surroundings, exceptions)).toEqual([]);
});

test("promtool accepts every expression of every board", () => {
  const expressions = expressionsOf(boards);
  expect(expressions.length).toBeGreaterThan(100);
  expect(checkWithPromtool(expressions, toolPath("promtool"))).toEqual([]);
});

test("promtool refuses what the parser lets pass, and the place is named", () => {
  const broken = [
    { place: "good, query A", text: "sum(up)" },
    { place: "bad, query A", text: "sum(rate(up))" },
  ];
  const problems = checkWithPromtool(broken, toolPath("promtool"));
  expect(problems.join("\n")).toContain("bad, query A");
  expect(problems.join("\n")).not.toContain("good, query A");
});

/** What to change of the overview, and of one panel of it. */
type Breaking = (
  board: BoardJson,
  panel: PanelJson,
) => { readonly board?: object; readonly panel?: Partial<PanelJson> };

/** What the rules say of the overview once it is broken. */
function broken(title: string, breaking: Breaking): readonly string[] {
  const overview = boards.find(({ uid }) => uid === "overview");
  const panel = overview?.panels.find((candidate) => candidate.title === title);
  if (!overview || !panel) throw new Error(`Cannot break "${title}" as the overview has no such panel`);
  const change = breaking(overview, panel);
  const panels = overview.panels.map((other) => (other === panel ? { ...panel, ...change.panel } : other));
  const others = boards.filter(({ uid }) => uid !== "overview");
  return checkBoards({ ...surroundings, boards: [{ ...overview, panels, ...change.board }, ...others] }, []);
}

const asks = (panel: PanelJson, expr: string): { readonly panel: Partial<PanelJson> } => ({
  panel: { targets: (panel.targets ?? []).map((target) => ({ ...target, expr })) },
});

/** Each rule with a board that breaks it, and what it says then. */
const violations: readonly (readonly [rule: string, said: string, panel: string, Breaking])[] = [
  ["identity", "uid", "Requests", () => ({ board: { uid: "Over View" } })],
  ["identity", "same title", "Requests", () => ({ board: { title: "Performance" } })],
  ["identity", "edited in the browser", "Requests", () => ({ board: { editable: true } })],
  ["identity", "schemaVersion", "Requests", () => ({ board: { schemaVersion: 39 } })],
  ["calm", "refreshes every 5s", "Requests", () => ({ board: { refresh: "5s" } })],
  [
    "calm",
    "more than 25",
    "Requests",
    (board, panel) => ({ board: { panels: [...board.panels, ...Array(20).fill(panel)] } }),
  ],
  ["ids", "its id is 0", "Requests", () => ({ panel: { id: 0 } })],
  ["ids", "another panel has id", "Requests", (board) => ({ panel: { id: board.panels[1]?.id ?? 0 } })],
  ["grid", "overlaps", "Requests", () => ({ panel: { gridPos: { x: 0, y: 1, w: 4, h: 4 } } })],
  ["grid", "24 columns", "Requests", () => ({ panel: { gridPos: { x: 22, y: 90, w: 4, h: 4 } } })],
  [
    "placement",
    "says placement",
    "Requests",
    (board) => ({ board: { links: board.links.map((link) => ({ ...link, placement: "inControlsMenu" })) } }),
  ],
  ["annotations", "built-in", "Requests", () => ({ board: { annotations: { list: [] } } })],
  [
    "data-source",
    "it asks my-prometheus",
    "Requests",
    () => ({ panel: { datasource: { uid: "my-prometheus" } } }),
  ],
  ["data-source", "no choice", "Requests", () => ({ board: { templating: { list: [] } } })],
  ["words", "no title", "Requests", () => ({ panel: { title: " " } })],
  ["words", "no description", "Requests", () => ({ panel: { description: "" } })],
  [
    "units",
    "its unit is furlongs",
    "Requests",
    () => ({ panel: { fieldConfig: { defaults: { unit: "furlongs" }, overrides: [] } } }),
  ],
  [
    "units",
    "its unit is missing",
    "Busiest endpoints",
    () => ({ panel: { fieldConfig: { defaults: {}, overrides: [] } } }),
  ],
  [
    "thresholds",
    "no thresholds",
    "Requests",
    () => ({ panel: { fieldConfig: { defaults: { unit: "reqps" }, overrides: [] } } }),
  ],
  ["targets", "asks nothing", "Requests", () => ({ panel: { targets: [] } })],
  ["legends", "has no legend", "Time to answer", () => ({ panel: { options: {} } })],
  [
    "legends",
    "shows tenant",
    "Status codes",
    (_, panel) => ({
      panel: { targets: (panel.targets ?? []).map((target) => ({ ...target, legendFormat: "{{tenant}}" })) },
    }),
  ],
  ["links", "leads to nowhere", "Requests", () => ({ panel: { links: [{ title: "", url: "/d/nowhere" }] } })],
  [
    "links",
    "leads to elsewhere",
    "Busiest endpoints",
    () => {
      const properties = [{ id: "links", value: [{ title: "", url: "/d/elsewhere?var-route=a" }] }];
      return { panel: { fieldConfig: { defaults: { unit: "short" }, overrides: [{ properties }] } } };
    },
  ],
  [
    "links",
    "runbook Gone does not exist",
    "Requests",
    () => ({ panel: { links: [{ title: "", url: "http://localhost:4700/runbooks/Gone" }] } }),
  ],
  [
    "links",
    "no way leads to it from overview",
    "Requests",
    (board) => ({
      board: {
        links: [],
        panels: board.panels.map((panel) => ({
          ...panel,
          links: [],
          fieldConfig: { defaults: {}, overrides: [] },
        })),
      },
    }),
  ],
  ["variables", "uses $tenant", "Requests", (_, panel) => asks(panel, 'up{job="$tenant"}')],
  [
    "variables",
    "lists path, which up does not carry",
    "Requests",
    (board) => ({
      board: {
        templating: {
          list: [...board.templating.list, { type: "query", name: "path", query: "label_values(up, path)" }],
        },
      },
    }),
  ],
  ["queries", "which nobody makes", "Requests", (_, panel) => asks(panel, "http_requests")],
  ["queries", "a label that it does not carry", "Requests", (_, panel) => asks(panel, 'up{tenant="a"}')],
  ["queries", "is no PromQL", "Requests", (_, panel) => asks(panel, "sum(")],
  ["queries", "outside of rate", "Requests", (_, panel) => asks(panel, "sum(http_requests_total)")],
  [
    "queries",
    "uses $__rate_interval in max_over_time",
    "Requests",
    (_, panel) => asks(panel, "max_over_time(up[$__rate_interval])"),
  ],
  [
    "queries",
    "fewer than four scrapes",
    "Requests",
    (_, panel) => asks(panel, "rate(http_requests_total[30s])"),
  ],
  [
    "queries",
    "not grouped by le",
    "Requests",
    (_, panel) => asks(panel, "histogram_quantile(0.9, sum(rate(http_request_duration_seconds_bucket[5m])))"),
  ],
];

test.each(violations)("%s: %s", (rule, said, panel, breaking) => {
  const found = broken(panel, breaking).filter((line) => line.includes(`(${rule}: `));
  expect(found.join("\n")).toContain(said);
});

test("every rule is seen broken here, and says why", () => {
  expect(new Set(violations.map(([rule]) => rule))).toEqual(new Set(boardRules.map(({ name }) => name)));
  for (const { because } of boardRules) expect(because.length).toBeGreaterThan(20);
});

test("an exception excuses its finding alone, and one that excuses nothing is told", () => {
  const overview = { ...boards[0], refresh: "5s" } as BoardJson;
  const others = boards.slice(1);
  const calm = boardRules.filter(({ name }) => name === "calm");
  const excused = { rule: "calm", board: overview.uid, because: "a test" };
  const idle = { rule: "calm", board: "performance", because: "a test" };
  const judged = { ...surroundings, boards: [overview, ...others] };
  expect(checkBoards(judged, [], calm)).toHaveLength(1);
  expect(checkBoards(judged, [excused], calm)).toEqual([]);
  expect(checkBoards(judged, [excused, idle], calm)).toEqual([
    "the exception from calm for the board of performance excuses nothing",
  ]);
});

test("a series that no board shows is told, unless there is a reason that still holds", () => {
  const told = (unseen: Readonly<Record<string, string>>) =>
    checkShown(boards, ["up", "watchkeeper_pager_delivery_latency_seconds", "http_requests"], unseen);
  expect(told({})).toEqual(["http_requests is on no board: show it, or say in exceptions.ts why not"]);
  expect(told({ http_requests: "a test" })).toEqual([]);
  expect(told({ http_requests: "a test", up: "a test", gone: "a test" })).toEqual([
    "the exception for up excuses nothing",
    "the exception for gone excuses nothing",
  ]);
});
