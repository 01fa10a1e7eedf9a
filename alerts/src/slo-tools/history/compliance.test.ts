import { compliancesOf, EVALUATION_SECONDS, periodOf, type Query } from "@watchkeeper/catalogue/compliance";
import { recorded, sloSeries } from "@watchkeeper/catalogue/names";
import type { Slo } from "@watchkeeper/catalogue/slo";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ruleTiming } from "../../slo/timing.ts";
import type { History } from "./open-metrics.ts";
import { createPrometheusApi } from "./prometheus-api.ts";
import { createTestPrometheus, type TestPrometheus } from "./test-prometheus.ts";

const search = slos.find(({ name }) => name === "DirectorySearch") as Slo;
const login = slos.find(({ name }) => name === "DirectoryLogin") as Slo;
const cache = slos.find(({ name }) => name === "DirectoryCache") as Slo;
const tenants = slos.find(({ name }) => name === "DirectoryTenants") as Slo;
/** 1 October 2026, 00:00 UTC. */
const START = 1_790_812_800;
const STEP = ruleTiming.interval;

/**
 * What the rules record of ten events each quarter of a minute, two of which are bad from minute 20 to 30 and from 40 to
 * 50. From minute 40 to 50 is planned; from 60 to 70 Prometheus is away.
 */
function recordedOf(slo: string, minutes: number, group = {}): readonly History[] {
  const labels = { slo, ...group };
  const points: [number, Record<string, number>][] = [];
  let events = 0;
  let errors = 0;
  for (let second = STEP; second <= minutes * 60; second += STEP) {
    const within = (from: number, to: number): boolean => second > from * 60 && second <= to * 60;
    if (within(60, 70)) continue;
    const planned = within(40, 50);
    const bad = within(20, 30) || planned ? 2 : 0;
    events += planned ? 0 : 10;
    errors += planned ? 0 : bad;
    points.push([
      START + second,
      {
        [sloSeries.eventsDelta]: 10,
        [sloSeries.errorsDelta]: bad,
        [sloSeries.eventsCumulative]: events,
        [sloSeries.errorsCumulative]: errors,
        [sloSeries.born]: START + STEP,
        [sloSeries.maintenance]: planned ? 1 : 0,
      },
    ]);
  }
  return Object.keys(points[0]?.[1] ?? {}).map((name) => ({
    name,
    labels: name === sloSeries.maintenance ? { slo } : labels,
    samples: points.map(([at, values]) => [at, values[name] ?? 0] as const),
  }));
}

/** A made-up hour, a day before START: a point in five minutes, each of them with 200 events. */
const madeUpOf = (slo: string): readonly History[] =>
  [
    [sloSeries.eventsDelta, { slo }, 200],
    [sloSeries.errorsDelta, { slo }, 1],
    [recorded.demoHistoryStep, {}, 300],
  ].map(([name, labels, value]) => ({
    name: name as string,
    labels: labels as Record<string, string>,
    samples: Array.from({ length: 12 }, (_, i) => [START - 86_400 + (i + 1) * 300, value as number] as const),
  }));

let prometheus: TestPrometheus;
beforeAll(async () => {
  prometheus = await createTestPrometheus([
    ...recordedOf(search.name, 100),
    ...madeUpOf(cache.name),
    ...recordedOf(login.name, 100),
    ...recordedOf(tenants.name, 100, { tenant: "acme" }),
    ...recordedOf(tenants.name, 35, { tenant: "other" }).filter(({ name }) => name !== sloSeries.maintenance),
  ]);
});
afterAll(() => prometheus.close());

test("reports measure time in the steps in which rules are evaluated", () => {
  expect(EVALUATION_SECONDS).toBe(ruleTiming.interval);
});

const query: Query = async (expression, at) => {
  const answered = await createPrometheusApi(prometheus.url).query(expression, at);
  return answered.map(({ labels, samples }) => ({ labels, value: samples[0]?.[1] ?? Number.NaN }));
};

async function reported(slo: Slo, from: number, to: number, tenant?: string) {
  const period = { from: START + from * 60, to: START + to * 60 };
  const group = tenant === undefined ? undefined : { label: "tenant", value: tenant };
  const [only] = await compliancesOf([slo], period, STEP, query, group);
  if (!only) throw new Error("nothing was found");
  return only;
}

test("a point of a demo's made-up past stands for all the time since the one before", async () => {
  expect(await reported(cache, -1_440, -1_380)).toMatchObject({
    allEvents: 2_400,
    allErrors: 12,
    notMeasuredSeconds: 0,
  });
  expect(await reported(cache, -1_470, -1_380)).toMatchObject({ notMeasuredSeconds: 1_800 });
});

test("a period says what was counted, with and without planned maintenance, and for how long nobody looked", async () => {
  // 90 min, of which 10 were not seen and 10 were planned: 70 × 40 events; 10 min of 8 errors a minute.
  expect(await reported(search, 0, 90)).toEqual({
    slo: "DirectorySearch",
    events: 2_800,
    errors: 80,
    allEvents: 3_200,
    allErrors: 160,
    compliance: 1 - 80 / 2_800,
    allCompliance: 1 - 160 / 3_200,
    budgetSpent: expect.closeTo(80 / 2.8, 9),
    notMeasuredSeconds: 600,
    maintenanceSeconds: 600,
  });
});

test("periods that follow each other share no event and lose none", async () => {
  const parts = await Promise.all([
    reported(login, 0, 25),
    reported(login, 25, 45),
    reported(login, 45, 65),
    reported(login, 65, 90),
  ]);
  const sum = (of: (part: (typeof parts)[number]) => number): number => parts.reduce((a, b) => a + of(b), 0);
  expect(parts.map(({ errors }) => errors)).toEqual([40, 40, 0, 0]);
  expect(sum(({ events }) => events)).toBe(2_800);
  expect(sum(({ allErrors }) => allErrors)).toBe(160);
  expect(sum(({ notMeasuredSeconds }) => notMeasuredSeconds)).toBe(600);
});

test("a promise that was born within a period began at zero, and one that was not there has no compliance", async () => {
  expect(await reported(search, -30, 10)).toMatchObject({ events: 400, notMeasuredSeconds: 1_800 });
  expect(await reported(search, -30, -10)).toMatchObject({
    events: 0,
    compliance: undefined,
    budgetSpent: 0,
    notMeasuredSeconds: 1_200,
  });
});

test("a promise to each of several is reported for one of them, and work that was planned holds for all", async () => {
  expect(await reported(tenants, 0, 90, "acme")).toMatchObject({
    events: 2_800,
    errors: 80,
    maintenanceSeconds: 600,
  });
  expect(await reported(tenants, 0, 30, "other")).toMatchObject({ events: 1_200, errors: 80 });
  // All together: what the one had counted, and what the other had before it was told apart no longer.
  expect(await reported(tenants, 0, 90)).toMatchObject({
    events: 4_200,
    errors: 160,
    notMeasuredSeconds: 600,
  });
  expect(await reported(tenants, 25, 90)).toMatchObject({ events: 2_200, errors: 80 });
  expect(await reported(tenants, 45, 90)).toMatchObject({ events: 1_200, errors: 0 });
  await expect(reported(search, 0, 90, "acme")).rejects.toThrow(
    'Cannot report on "DirectorySearch" as it is not made to each tenant: found acme',
  );
});

test("the period of a calendar is that of its place, up to now while it lasts; others roll", () => {
  const month = { days: 30, calendar: { each: "month", zone: "Europe/Berlin" } } as const;
  const at = Date.UTC(2026, 9, 20) / 1_000;
  // Berlin is two hours ahead on 1 October and 1 September.
  const october = Date.UTC(2026, 8, 30, 22) / 1_000;
  expect(periodOf(month, at)).toEqual({ from: october, to: at });
  expect(periodOf(month, at, -1)).toEqual({ from: Date.UTC(2026, 7, 31, 22) / 1_000, to: october });
  expect(periodOf({ days: 30 }, at)).toEqual({ from: at - 30 * 86_400, to: at });
  expect(periodOf({ days: 30 }, at, -1)).toEqual({ from: at - 60 * 86_400, to: at - 30 * 86_400 });
});

test("a period that ends before it begins, and a Prometheus that is away, are named", async () => {
  await expect(reported(search, 10, 10)).rejects.toThrow(
    'Cannot report on "DirectorySearch" as the period must end after it begins',
  );
  await expect(createPrometheusApi("http://127.0.0.1:1").query("up", 0)).rejects.toThrow(
    "Cannot ask Prometheus at http://127.0.0.1:1 as it does not answer",
  );
  await expect(createPrometheusApi(prometheus.url).query("sum(", 0)).rejects.toThrow("it says: ");
});
