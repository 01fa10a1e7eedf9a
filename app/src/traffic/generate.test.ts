import { setMaxListeners } from "node:events";
import { createManualClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import { expect, test } from "vitest";
import { createRandom } from "../demo/random.ts";
import { generateTraffic } from "./generate.ts";
import { shareOfPeak } from "./shape.ts";
import type { TrafficFigures } from "./summary.ts";
import type { Visitor } from "./visitor.ts";

const MONDAY_10 = new Date(2026, 10, 16, 10).getTime();
const MINUTE_MS = 60_000;

type Act = Visitor["act"];

/** Runs the generator by a clock that the test moves; gives the summaries it logged. */
async function generate(act: Act, minutes: number, peakRps = 5): Promise<readonly TrafficFigures[]> {
  const summaries: TrafficFigures[] = [];
  const log = createLog("traffic", "info", { write: (line) => void summaries.push(JSON.parse(line)) });
  const clock = createManualClock(MONDAY_10);
  const controller = new AbortController();
  const { signal } = controller;
  // The manual clock keeps its listeners; the system's does not.
  setMaxListeners(0, signal);
  const generating = generateTraffic({
    visitors: [{ act, isReady: () => true }],
    random: createRandom(1),
    peakRps,
    clock,
    log,
    signal,
  });
  await clock.advance(minutes * MINUTE_MS);
  controller.abort();
  await generating;
  return summaries;
}

test("requests come at the pace of the hour, with one summary a minute", async () => {
  const summaries = await generate(async () => 200, 5);
  expect(summaries).toHaveLength(5);
  const perSecond = summaries.reduce((sum, { requests }) => sum + requests, 0) / 300;
  expect(perSecond).toBeGreaterThan(4.2);
  expect(perSecond).toBeLessThan(5.8);
  expect(shareOfPeak(new Date(MONDAY_10))).toBe(1);
});

test("answers are summed up by class", async () => {
  let n = 0;
  const [summary] = await generate(async () => [200, 204, 404, 503][n++ % 4] ?? 500, 1);
  const { requests = 0, answers = {} } = summary ?? {};
  expect(Object.keys(answers).sort()).toEqual(["2xx", "4xx", "5xx"]);
  expect(Object.values(answers).reduce((sum, count) => sum + count, 0)).toBe(requests);
});

test("while no answer comes it asks ever more seldom, and returns to its pace afterwards", async () => {
  let asked = 0;
  let away = true;
  const summaries = await generate(async () => {
    asked++;
    if (asked === 12) away = false;
    if (away) throw new Error("connect ECONNREFUSED");
    return 200;
  }, 10);
  const [first, second] = summaries;
  expect(first?.failures).toBeLessThan(10);
  expect(first?.lastFailure).toBe("connect ECONNREFUSED");
  expect((first?.failures ?? 0) + (second?.failures ?? 0)).toBeLessThan(14);
  expect(summaries.at(-1)?.requests).toBeGreaterThan(200);
});

test("nobody is asked who is not ready, and in a quiet hour the same few are", async () => {
  const asked = new Set<number>();
  const visitors = Array.from({ length: 20 }, (_, i) => ({
    isReady: () => i % 2 === 0,
    act: async () => {
      asked.add(i);
      return 200;
    },
  }));
  const clock = createManualClock(new Date(2026, 10, 16, 3).getTime());
  const controller = new AbortController();
  const { signal } = controller;
  setMaxListeners(0, signal);
  const log = createLog("traffic", "silent");
  const generating = generateTraffic({ visitors, random: createRandom(1), peakRps: 50, clock, log, signal });
  await clock.advance(20_000);
  controller.abort();
  await generating;
  expect([...asked].sort()).toEqual([0, 2]);
});

test("errors that are answers do not slow it down", async () => {
  const [summary] = await generate(async () => 503, 1);
  expect(summary?.requests).toBeGreaterThan(200);
});

test("a directory that does not answer has a bounded number of requests to bear", async () => {
  let underWay = 0;
  let most = 0;
  const waiting: (() => void)[] = [];
  const clock = createManualClock(MONDAY_10);
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const act: Act = () => {
    most = Math.max(most, ++underWay);
    return new Promise((resolve) => waiting.push(() => resolve(200)));
  };
  const generating = generateTraffic({
    visitors: [{ act, isReady: () => true }],
    random: createRandom(1),
    peakRps: 50,
    clock,
    log: createLog("traffic", "silent"),
    signal: controller.signal,
  });
  await clock.advance(30_000);
  controller.abort();
  for (const answer of waiting) answer();
  await generating;
  expect(most).toBe(32);
});
