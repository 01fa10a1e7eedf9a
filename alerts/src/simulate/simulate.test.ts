import { expect, test } from "vitest";
import { within } from "./counts.ts";
import { foresee, renderOutlook } from "./promise.ts";
import { judge, measureAlertQuality, quantile } from "./quality.ts";
import { createRandom } from "./random.ts";
import { ruleSets } from "./rulesets.ts";
import { type Scenario, scrapeAll } from "./traffic.ts";

const HOUR = 3_600;
const quiet: Scenario = { seconds: 3 * HOUR, rate: () => 100, background: 0, troubles: [], seed: 1 };

test("random counts have the mean that they were asked for, few or many", () => {
  const random = createRandom(7);
  for (const mean of [0.02, 3, 400]) {
    const drawn = Array.from({ length: 20_000 }, () => random.poisson(mean));
    const average = drawn.reduce((sum, count) => sum + count, 0) / drawn.length;
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(mean / drawn.length));
  }
  expect(random.poisson(0)).toBe(0);
});

test("counters never fall, and count what the traffic was", () => {
  for (const { events } of scrapeAll(quiet)) {
    expect(events.every((value, i) => i === 0 || value >= (events[i - 1] ?? 0))).toBe(true);
    const last = events.at(-1) ?? 0;
    expect(last / (25 * quiet.seconds)).toBeCloseTo(1, 1);
  }
});

test("a window counts from its begin, and a young one from the beginning", () => {
  expect(within(Float64Array.from([0, 1, 3, 6]), 3, 30, 15)).toBe(5);
  expect(within(Float64Array.from([0, 1, 3, 6]), 3, 300, 15)).toBe(6);
});

test("no set of rules pages while nothing fails, and each does for an outage of half an hour", () => {
  const outage = { kind: "outage", share: 1, from: 2 * HOUR, to: 2.5 * HOUR };
  for (const [name, rules] of Object.entries(ruleSets)) {
    expect(rules(scrapeAll(quiet), 0.999), name).toEqual([]);
    const pages = rules(scrapeAll({ ...quiet, troubles: [outage] }), 0.999);
    expect(judge(pages, [outage]).detections, name).toHaveLength(1);
  }
});

test("balanced tells of an outage before strict, and both before the rules of others", () => {
  const { verdicts, falsePages } = foresee(0.999, 100);
  const seconds = (rules: string) =>
    verdicts.find((v) => v.rules === rules && v.trouble === "100 %")?.detection?.p50 ?? Number.NaN;
  expect(seconds("balanced")).toBeLessThan(seconds("strict"));
  expect(seconds("strict")).toBeLessThan(seconds("sloth"));
  expect(seconds("sloth")).toBeLessThan(seconds("pyrra"));
  expect(falsePages.strict).toBe(0);
  expect(renderOutlook(0.999, 100, { verdicts, falsePages })).toContain("| balanced | ");
}, 120_000);

test("the measurement of months has all of its figures", () => {
  const quality = measureAlertQuality({ months: 1, lowTrafficMonths: 1 });
  expect(quality.outage_p50_s.strict).toBeGreaterThan(0);
  expect(quality.reset_min.balanced).toBeGreaterThan(0);
  expect(Object.keys(quality.insignificant_pages)).toEqual(Object.keys(ruleSets));
}, 120_000);

test("nothing has no median", () => {
  expect(quantile([], 0.5)).toBeUndefined();
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
});
