import { SESSION_EXPIRIES_KEY } from "@watchkeeper/catalogue/names";
import { parseExposition } from "@watchkeeper/exporters/exposition";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { createManualClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import { openRedis, type RedisConnection } from "@watchkeeper/process/redis";
import { createTestRedis } from "@watchkeeper/testing/redis";
import { afterEach, beforeEach, expect, test } from "vitest";
import { attempt } from "../schedule/runner.ts";
import { createActiveSessionsJob } from "./active-sessions.ts";

const NOW_MS = 1_000_000;
const never = new AbortController().signal;

let redis: RedisConnection;
beforeEach(async () => {
  redis = await openRedis((await createTestRedis()).url, createLog("collector", "silent"));
});
afterEach(() => {
  if (redis.client.isOpen) redis.close();
});

function createJob() {
  const clock = createManualClock(NOW_MS);
  const metrics = createMetrics();
  const job = createActiveSessionsJob(redis.client, metrics, clock);
  return {
    clock,
    async look() {
      const outcome = await attempt(job, never);
      job.show?.(outcome.ended === "success" ? outcome.result : undefined);
      return outcome.ended;
    },
    read: async () => parseExposition(await metrics.registry.metrics())[0]?.samples[0]?.value,
  };
}

const expire = (...scores: number[]) =>
  redis.client.zAdd(
    SESSION_EXPIRIES_KEY,
    scores.map((score) => ({ score, value: `hash-${score}` })),
  );

test("sessions that expire later count, those that expire now or before do not", async () => {
  await expire(NOW_MS - 1, NOW_MS, NOW_MS + 1, NOW_MS + 60_000);
  const { look, read, clock } = createJob();
  expect(await read()).toBeUndefined();
  await look();
  expect(await read()).toBe(2);
  await clock.advance(15_000);
  await look();
  expect(await read()).toBe(1);
});

test("nobody logged in is a count of zero, and while Redis is away there is no figure at all", async () => {
  const { look, read } = createJob();
  await look();
  expect(await read()).toBe(0);
  redis.close();
  expect(await look()).toBe("failure");
  expect(await read()).toBeUndefined();
});
