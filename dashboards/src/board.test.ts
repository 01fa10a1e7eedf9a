import { up } from "@watchkeeper/catalogue/external";
import { httpRequestsTotal } from "@watchkeeper/catalogue/metrics/http";
import { runbookUrl } from "@watchkeeper/catalogue/names";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { expect, test } from "vitest";
import { type Board, defineBoard } from "./board.ts";
import { loadBoards } from "./load.ts";
import type { StatPanel, TablePanel } from "./panel.ts";
import { label, query, rateInterval } from "./query.ts";
import { buildBoard } from "./render/board.ts";
import { neutral } from "./thresholds.ts";
import { defineVariable } from "./variable.ts";

const panel: StatPanel = {
  type: "stat",
  key: "targets",
  title: "Targets",
  about: "How many targets are up.",
  width: 6,
  metric: up,
  queries: [query(promql`sum(${series(up)})`)],
  thresholds: neutral,
};

const board: Board = {
  uid: "test",
  title: "Test",
  about: "Is this a test?",
  tags: [],
  span: "1h",
  links: ["overview"],
  rows: [{ title: "Only", panels: [panel] }],
};

const overview: Board = { ...board, uid: "overview", title: "The overview" };

test.each<[string, Partial<Board>, string]>([
  ["a uid that is no part of an address", { uid: "My Board" }, "its uid must be 3 to 40 of a-z, 0-9 and -"],
  ["a sentence without an end", { about: "Everything" }, "its sentence must end in a full stop"],
  [
    "two panels with one key",
    { rows: [{ title: "Twice", panels: [panel, { ...panel, title: "Other" }] }] },
    'two panels have the key "targets"',
  ],
])("%s is refused", (_, change, reason) => {
  expect(() => defineBoard({ ...board, ...change })).toThrow(reason);
});

test("a panel takes unit and meaning from its metric, and a unit of its own where the expression changes it", () => {
  const rate: StatPanel = { ...panel, key: "rate", metric: httpRequestsTotal, unit: "reqps" };
  const built = buildBoard({ ...board, rows: [{ title: "Only", panels: [panel, rate] }] }, [overview, board]);
  const [, first, second] = built.panels ?? [];
  expect(first).toMatchObject({
    description: `How many targets are up.\n\nup: ${up.help}.`,
    fieldConfig: { defaults: { unit: "short" } },
  });
  expect(second).toMatchObject({ fieldConfig: { defaults: { unit: "reqps" } } });
});

test("a board says where it comes from, and links by the other's title and address", () => {
  const built = buildBoard(board, [overview, board]);
  expect(built.description).toBe(
    "Is this a test? Generated from dashboards/src/boards/test.ts by `npm run gen`. Do not edit.",
  );
  expect(built.links).toMatchObject([{ title: "The overview", url: "/d/overview", keepTime: true }]);
});

test("a variable lists a label's values and selects what is chosen", () => {
  const route = defineVariable("route", "Route", series(httpRequestsTotal, { job: "app" }));
  expect(route.query.text).toBe('label_values(http_requests_total{job="app"}, route)');
  expect(promql`rate(${series(httpRequestsTotal, { route: route.chosen })}[${rateInterval}])`.text).toBe(
    'rate(http_requests_total{route=~"$route"}[$__rate_interval])',
  );
});

test("a legend shows labels that the metric has", () => {
  expect(label(httpRequestsTotal, "route")).toBe("{{route}}");
  // @ts-expect-error no metric of ours tells tenants apart yet
  label(httpRequestsTotal, "tenant");
});

test("every file of boards/ is the board of its name", async () => {
  const boards = await loadBoards();
  expect(boards.map(({ uid }) => uid)).toEqual(
    expect.arrayContaining([
      "business",
      "infrastructure",
      "on-call",
      "overview",
      "performance",
      "slo",
      "watchkeeper",
    ]),
  );
});

test("a name in a table leads to its runbook, and the smallest value may come first", () => {
  const table: TablePanel = {
    type: "table",
    key: "table",
    title: "Table",
    about: "Which jobs are up.",
    width: 24,
    metric: up,
    labels: { job: "Job" },
    runbook: "job",
    columns: [{ title: "Up", query: query(promql`sum by (job) (${series(up)})`), unit: "none" }],
    sortBy: "Up",
    smallestFirst: true,
  };
  const built = buildBoard({ ...board, rows: [{ title: "Only", panels: [table] }] }, [overview, board]);
  const url = `${runbookUrl("$")}{__data.fields["Job"]}`;
  expect(built.panels?.[1]).toMatchObject({
    options: { sortBy: [{ displayName: "Up", desc: false }] },
    fieldConfig: {
      overrides: expect.arrayContaining([
        expect.objectContaining({
          properties: [{ id: "links", value: [{ title: "Runbook", url, targetBlank: true }] }],
        }),
      ]),
    },
  });
});
