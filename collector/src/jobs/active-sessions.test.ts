import { SESSION_EXPIRIES_KEY } from "@watchkeeper/catalogue/names";
import { parseExposition } from "@watchkeeper/exporters/exposition";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { createManualClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import { openRedis, type RedisConnection } from "@watchkeeper/process/redis";
import { until } from "@watchkeeper/testing/poll";
import { createTestRedis } from "@watchkeeper/testing/redis";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runJob } from "../schedule.ts";
import { createActiveSessionsJob } from "./active-sessions.ts";

const NOW_MS = 1_000_000;
const log = createLog("collector", "silent");

let redis: RedisConnection;
beforeEach(async () => {
  redis = await openRedis((await createTestRedis()).url, log);
});
afterEach(() => {
  if (redis.client.isOpen) redis.close();
});

const start = () => {
  const clock = createManualClock(NOW_MS);
  const metrics = createMetrics();
  const stopped = new AbortController();
  const job = createActiveSessionsJob(redis.client, metrics, clock);
  const running = runJob(job, { clock, log, signal: stopped.signal });
  const read = async (): Promise<number | undefined> =>
    parseExposition(await metrics.registry.metrics())[0]?.samples[0]?.value;
  return {
    clock,
    read,
    end: () => {
      stopped.abort();
      return running;
    },
  };
};

const expire = (...scores: number[]) =>
  redis.client.zAdd(
    SESSION_EXPIRIES_KEY,
    scores.map((score) => ({ score, value: `hash-${score}` })),
  );

test("sessions that expire later count, those that expire now or before do not", async () => {
  await expire(NOW_MS - 1, NOW_MS, NOW_MS + 1, NOW_MS + 60_000);
  const { read, end } = start();
  expect(await until("the first count", read)).toBe(2);
  await end();
});

test("nobody logged in is a count of zero", async () => {
  const { read, end } = start();
  expect(await until("the first count", read)).toBe(0);
  await end();
});

test("the count follows every 15 seconds", async () => {
  await expire(NOW_MS + 10_000, NOW_MS + 60_000);
  const { clock, read, end } = start();
  expect(await until("the first count", read)).toBe(2);
  await clock.advance(15_000);
  await until("the second count", async () => ((await read()) === 1 ? true : undefined));
  await end();
});

test("before the first count and while Redis is away there is no figure at all", async () => {
  await expire(NOW_MS + 3_600_000);
  const { clock, read, end } = start();
  expect(await read()).toBeUndefined();
  expect(await until("the first count", read)).toBe(1);
  redis.close();
  await clock.advance(15_000);
  await until("the figure to be gone", async () => ((await read()) === undefined ? true : undefined));
  await end();
});
