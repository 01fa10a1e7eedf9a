import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sloSeries } from "@watchkeeper/catalogue/names";
import type { Slo } from "@watchkeeper/catalogue/slo";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { toolPath } from "@watchkeeper/testing/tools";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BackfillArgs, backfill } from "./backfill.ts";
import type { History } from "./open-metrics.ts";
import { createPrometheusApi, type PrometheusApi } from "./prometheus-api.ts";
import { createTestPrometheus, type TestPrometheus } from "./test-prometheus.ts";

const slo = (name: string): Slo => slos.find((each) => each.name === name) as Slo;
/** 1 October 2026, 00:00 UTC. */
const START = 1_790_812_800;
const HOURS = 3;
const STEPS = HOURS * 240;

/**
 * One instance with nine good events a step; every tenth step three bad ones, which nobody has seen before. After two
 * hours it is started again and begins at 0, away for two steps.
 */
function raw() {
  const up: [number, number][] = [];
  const good: [number, number][] = [];
  const bad: [number, number][] = [];
  const [total, fast]: [number, number][][] = [[], []];
  const value = { good: 0, bad: 0 };
  const happened = { good: 0, bad: 0 };
  for (let step = 0; step <= STEPS; step += 1) {
    const at = START + step * 15;
    const away = step === 480 || step === 481;
    up.push([at, away ? 0 : 1]);
    if (away) {
      value.good = 0;
      value.bad = 0;
      continue;
    }
    if (step > 0) {
      const failed = step % 10 === 0 ? 3 : 0;
      value.good += 9;
      value.bad += failed;
      happened.good += 9;
      happened.bad += failed;
    }
    good.push([at, value.good]);
    if (value.bad > 0) bad.push([at, value.bad]);
    total?.push([at, value.good + value.bad]);
    fast?.push([at, value.good]);
  }
  const of = { job: "app", instance: "a" };
  const request = { ...of, method: "GET", route: "/api/employees", status: "200" };
  const search = "employee_search_queries_total";
  const histories: readonly History[] = [
    { name: "up", labels: of, samples: up },
    { name: search, labels: { ...of, search_result: "found" }, samples: good },
    { name: search, labels: { ...of, search_result: "error" }, samples: bad },
    { name: "http_request_duration_seconds_count", labels: request, samples: total ?? [] },
    { name: "http_request_duration_seconds_bucket", labels: { ...request, le: "0.15" }, samples: fast ?? [] },
  ];
  return { histories, happened };
}

const { histories, happened } = raw();
const all = happened.good + happened.bad;
const folder = mkdtempSync(join(tmpdir(), "watchkeeper-backfill-test-"));
let prometheus: TestPrometheus;
beforeAll(async () => {
  prometheus = await createTestPrometheus(histories);
});
afterAll(async () => {
  await prometheus.close();
  rmSync(folder, { recursive: true });
});

const run = async (change: Partial<BackfillArgs>): Promise<string> => {
  let said = "";
  const args: BackfillArgs = {
    slos: [slo("DirectorySearch"), slo("DirectorySearchLatency")],
    from: START,
    // The rules look back by their lag, so the last scrape is counted one interval later.
    to: START + (STEPS + 1) * 15,
    into: prometheus.dataFolder,
    promtool: toolPath("promtool"),
    windows: [],
    ...change,
  };
  await backfill(args, createPrometheusApi(prometheus.url), (text) => {
    said += text;
  });
  return said;
};

test("a promise without history, and a time that ends before it begins, are refused and no block is made", async () => {
  const into = join(folder, "none");
  await expect(run({ into, slos: [slo("DirectorySearch"), slo("PagerDelivery")] })).rejects.toThrow(
    'Cannot backfill "PagerDelivery" as Prometheus must have what it counts: found no event',
  );
  await expect(run({ into, to: START })).rejects.toThrow(
    "Cannot backfill as the time must end after it begins",
  );
  expect(readdirSync(folder)).toEqual([]);
});

/** The one value of an expression. @throws Error when there are several */
const askFor =
  (api: PrometheusApi) =>
  async (expression: string, at: number): Promise<number | undefined> => {
    const answered = await api.query(expression, at);
    if (answered.length > 1) {
      throw new Error(`Cannot read ${expression} as it must be one series: found ${answered.length}`);
    }
    return answered[0]?.samples[0]?.[1];
  };

test("every event of raw history is counted once, restarts and first errors included, and budgets begin with it", async () => {
  const said = await run({});
  expect(said).toContain(`DirectorySearch: ${all} events, ${happened.bad} errors since 2026-10-01T00:00:`);
  await prometheus.stop();
  await prometheus.start();
  const end = START + (STEPS + 1) * 15;
  const ask = askFor(createPrometheusApi(prometheus.url));
  const last = (name: string, of: string) => ask(`${name}{slo="${of}"}`, end);
  for (const name of ["DirectorySearch", "DirectorySearchLatency"]) {
    expect(await last(sloSeries.eventsCumulative, name)).toBe(all);
    expect(await last(sloSeries.errorsCumulative, name)).toBe(happened.bad);
    expect(await last(sloSeries.eventsHourly, name)).toBe(all);
  }
  const hour = `${sloSeries.errorsCumulative}{slo="DirectorySearch"}`;
  // Every minute of an ordinary hour has four steps, and every tenth of those fails three times.
  expect(await ask(`${hour} offset 1h - ${hour} offset 90m`, START + 7_200)).toBe(36);
  await expect(run({})).rejects.toThrow(
    'Cannot backfill "DirectorySearch" as its rules must not have run yet: found slo:events:cumulative',
  );
}, 60_000);
