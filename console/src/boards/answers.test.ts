import { readdirSync, readFileSync } from "node:fs";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { toolPath } from "@watchkeeper/testing/tools";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestPrometheus, type TestPrometheus } from "../test-rig.ts";
import type { Board, Panel } from "./model.ts";
import { panelsOf } from "./panels-of.ts";
import { THIRTY_DAYS, writeHistory } from "./test-history.ts";
import { alignRange, parseDuration, stepOf } from "./time-range.ts";

/** Every question of every board about the demo's month, to a real Prometheus that has it. */

const generated = new URL("../../../grafana/dashboards/generated/", import.meta.url);
const boards = readdirSync(generated)
  .filter((file) => file.endsWith(".json"))
  .map((file) => JSON.parse(readFileSync(new URL(file, generated), "utf8")) as Board);

const DAY = 86_400;
const SCRAPE = 15;
/** Points of a chart as wide as half a page. */
const POINTS = 600;
const now = Math.floor(Date.now() / 1_000);

/** Questions that may have no answer, by board, panel and query, and why. */
const MAY_BE_EMPTY: Readonly<Record<string, string>> = {
  "infrastructure, First certificate expires in, A": "the demo is probed without TLS",
  "infrastructure, Memory of Redis, B": "the limit is drawn once an eighth of it is used",
  "on-call, Alerts that fire, A": "nothing fires at the end of the demo's past",
  "overview, Alerts that fire, A": "nothing fires at the end of the demo's past",
};
/** The same, of the last day alone. */
const MAY_BE_EMPTY_TODAY: Readonly<Record<string, string>> = {
  "on-call, Acknowledged after (MTTA), A": "nobody had to be told anything today",
  "on-call, Resolved after (MTTR), A": "nothing had to be resolved today",
  "on-call, Who made the noise, A": "no alert fired today",
  "on-call, From alert to provider, A": "nobody had to be told anything today",
  "on-call, Later than due, A": "no level of an escalation was due today",
};

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value?: [number, string];
      readonly values?: [number, string][];
    }[];
  };
}

let prometheus: TestPrometheus;
beforeAll(async () => {
  prometheus = await startTestPrometheus(toolPath("prometheus"), {}, (data) =>
    writeHistory(toolPath("promtool"), data, now, THIRTY_DAYS),
  );
}, 120_000);
afterAll(() => prometheus?.close());

async function ask(path: string, parameters: Readonly<Record<string, string>>) {
  const body = new URLSearchParams(parameters);
  const answer = (await (
    await fetch(`${prometheus.url}/api/v1/${path}`, { method: "POST", body })
  ).json()) as Answer;
  expect(answer.error, parameters.query).toBeUndefined();
  return answer.data?.result ?? [];
}
const instant = (query: string, at = now) => ask("query", { query, time: String(at) });
const numberOf = async (query: string): Promise<number> => Number((await instant(query))[0]?.value?.[1]);

/** A query as the console sends it, every variable at "All". */
function written(expr: string, step: number, span: number): string {
  const own: Readonly<Record<string, string>> = {
    __rate_interval: `${Math.max(step + SCRAPE, 4 * SCRAPE)}s`,
    __interval: `${step}s`,
    __range: `${span}s`,
  };
  return expr.replace(/\$\{?(\w+)\}?/g, (_, name: string) => own[name] ?? ".+");
}

async function hasAnswer(target: NonNullable<Panel["targets"]>[number], span: number): Promise<boolean> {
  const { expr = "", interval } = target;
  const range = { from: now - span, to: now };
  const step = stepOf(range, POINTS, interval ? parseDuration(interval) : SCRAPE);
  const query = written(expr, step, span);
  const { from, to } = alignRange(range, step);
  const found = target.instant
    ? await instant(query)
    : await ask("query_range", { query, start: String(from), end: String(to), step: String(step) });
  return found.some(({ value, values = [] }) =>
    (value ? [value] : values).some(([, text]) => text !== "NaN"),
  );
}

const queries = boards.flatMap((board) =>
  panelsOf(board).flatMap(({ title = "", targets = [] }) =>
    targets
      .filter(({ expr }) => expr)
      .map((target) => [`${board.uid}, ${title}, ${target.refId}`, target] as const),
  ),
);

describe.each([
  ["24 hours", DAY, { ...MAY_BE_EMPTY, ...MAY_BE_EMPTY_TODAY }],
  ["30 days", 30 * DAY, MAY_BE_EMPTY],
] as const)("over %s", (_, span, mayBeEmpty) => {
  test.each(queries)("%s has an answer", async (place, target) => {
    expect((await hasAnswer(target, span)) || place in mayBeEmpty, target.expr).toBe(true);
  });

  test("every exception names a question that has no answer", async () => {
    for (const place of Object.keys(mayBeEmpty)) {
      const [, target] = queries.find(([each]) => each === place) ?? [];
      expect(target, place).toBeDefined();
      if (target) expect(await hasAnswer(target, span), place).toBe(false);
    }
  });
});

const rules = new URL("../../../prometheus/rules/generated/", import.meta.url);
const alerts = readdirSync(rules).flatMap((file) =>
  [...readFileSync(new URL(file, rules), "utf8").matchAll(/- alert: (\w+)\n\s+expr: (?:"(.*)"|(.*))\n/g)].map(
    ([, name = "", quoted, plain = ""]) => [name, quoted?.replace(/\\(.)/g, "$1") ?? plain] as const,
  ),
);

describe("where live data begins", () => {
  test.each(alerts)("%s does not fire: %s", async (name, expr) => {
    // Live series go on from here; the one that says that alerts work at all always fires.
    if (name === "Watchdog") return expect(await instant(expr)).toHaveLength(1);
    expect((await instant(expr)).map(({ metric }) => metric)).toEqual([]);
  });

  test("all alerts were read", () => expect(alerts.length).toBeGreaterThan(30));
});

describe("what rules would have recorded agrees with what was scraped", () => {
  const counted = slos.flatMap(({ name, indicator }) =>
    indicator.kind === "samples" ? [] : [[name, indicator.total.map(({ text }) => text)] as const],
  );

  test.each(counted)("%s", async (name, selectors) => {
    const raw = selectors.map((selector) => `sum(increase(${selector}[29d]))`).join(" + ");
    const recorded = await numberOf(`sum(increase(${sloSeries.eventsCumulative}{slo="${name}"}[29d]))`);
    expect(recorded / (await numberOf(raw))).toBeCloseTo(1, 2);
  });

  test.each(
    [
      ...readFileSync(new URL("recording.yml", rules), "utf8").matchAll(/- record: (\S+)\n\s+expr: (.*)\n/g),
    ].map(([, record = "", expr = ""]) => [record, expr] as const),
  )("%s", async (record, expr) => {
    const [mine, own] = await Promise.all(
      [`${record}{job="app"}`, `(${expr}) and on (job) up{job="app"}`].map(numberOf),
    );
    expect(mine).toBeGreaterThanOrEqual(0);
    expect(Math.abs((mine ?? 0) - (own ?? 0))).toBeLessThan(0.1 * (own ?? 0) + 1e-4);
  });

  test.each(slos.map(({ name, days }) => [name, days] as const))(
    "%s has spent of its budget what its counts say",
    async (name, days) => {
      const of = (series: string) => `${series}{slo="${name}"}`;
      // Of a promise to each of several, each has a budget of its own.
      const spent = `${of(sloSeries.errorsCumulative)} / (${of(sloSeries.eventsCumulative)} * on (slo) group_left () ${of(sloSeries.budgetRatio)})`;
      const off = await instant(`1 - ${of(sloSeries.budgetRemaining)} - ${spent}`);
      expect(days).toBeGreaterThanOrEqual(28);
      expect(off.length).toBeGreaterThan(0);
      for (const { value } of off) expect(Number(value?.[1])).toBeCloseTo(0, 1);
    },
  );
});
