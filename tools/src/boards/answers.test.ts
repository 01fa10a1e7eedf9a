import { foreignMetrics } from "@watchkeeper/catalogue/foreign/all";
import { DEMO_MARK } from "@watchkeeper/catalogue/names";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dataPanels, withVariables } from "./board-json.ts";
import { loadSurroundings } from "./law.ts";
import {
  labelValues,
  queryNow,
  queryRange,
  type Series,
  startTestWorld,
  type TestWorld,
} from "./test-world.ts";

const { boards } = await loadSurroundings();

/** Panels that may be empty in a healthy world with traffic, and why. */
const MAY_BE_EMPTY: Readonly<Record<string, string>> = {
  'on-call, "Who made the noise", query A':
    "it looks once a minute, and the test's alert is younger than that",
  'infrastructure, "First certificate expires in", query A': "the test's probe speaks plain HTTP",
};

/** Series that this world does not have, and why. */
const NOT_HERE: Readonly<Record<string, string>> = {
  probe_ssl_earliest_cert_expiry: "the test's probe speaks plain HTTP",
};

/** Every variable at "All", and a window that fits scrapes each second. */
const ALL = { __rate_interval: "10s", __range: "1m", instance: ".+", route: ".+", job: ".+", slo: ".+" };

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld();
}, 90_000);
afterAll(() => world?.stop());

const isNumber = (text: string | undefined): boolean => text !== undefined && Number.isFinite(Number(text));

const hasNumbers = (series: readonly Series[]): boolean =>
  series.some(
    ({ value, values }) => isNumber(value?.[1]) || (values ?? []).some(([, text]) => isNumber(text)),
  );

const queries = boards.flatMap((board) =>
  dataPanels(board).flatMap(({ title, targets = [] }) =>
    targets.map(({ refId, expr, instant = false }) => ({
      place: `${board.uid}, "${title}", query ${refId}`,
      expr,
      instant,
    })),
  ),
);

test.each(queries)("$place has an answer", async ({ place, expr, instant }) => {
  const text = withVariables(expr, ALL);
  const answer = instant ? await queryNow(world, text) : await queryRange(world, text);
  expect(
    hasNumbers(answer) || place in MAY_BE_EMPTY,
    `${text} found ${JSON.stringify(answer).slice(0, 300)}`,
  ).toBe(true);
});

test("every exception names a query that exists", () => {
  const places = queries.map(({ place }) => place);
  for (const place of Object.keys(MAY_BE_EMPTY)) expect(places).toContain(place);
});

const variables = boards.flatMap((board) =>
  board.templating.list.flatMap(({ name, query }) => {
    const text = typeof query === "string" ? query : (query?.query ?? "");
    const [, selector, label] = /^label_values\((.*), (\w+)\)$/.exec(text) ?? [];
    return selector && label ? [{ place: `${board.uid}, $${name}`, selector, label }] : [];
  }),
);

test.each(variables)("$place has something to choose", async ({ selector, label }) => {
  expect(await labelValues(world, selector, label)).not.toEqual([]);
});

test.each(foreignMetrics.map(({ name, labels }) => ({ name, labels })))(
  "$name is made by whom we say, with these labels",
  async ({ name, labels }) => {
    const found = await queryNow(world, name);
    if (name in NOT_HERE) return expect(found).toEqual([]);
    expect(found.flatMap(({ metric }) => Object.keys(metric))).toEqual(
      expect.arrayContaining(["__name__", ...labels]),
    );
  },
);

const annotations = boards.flatMap(({ uid, annotations: { list } }) =>
  // What is measured here is no demo.
  list.flatMap(({ name, expr }) =>
    expr === undefined || name === DEMO_MARK ? [] : [{ place: `${uid}, ${name}`, expr }],
  ),
);

test.each(annotations)("$place has something to mark", async ({ expr }) => {
  expect(hasNumbers(await queryRange(world, expr))).toBe(true);
});

test("a chart is marked while an alert fires that asks something of a person", async () => {
  const [alerts] = annotations.filter(({ place }) => place === "overview, Firing alerts");
  const marked = await queryRange(world, alerts?.expr ?? "");
  expect(marked.map(({ metric }) => metric.alertname)).toContain("SomethingIsWrong");
  expect(marked.map(({ metric }) => metric.severity)).not.toContain("info");
});
