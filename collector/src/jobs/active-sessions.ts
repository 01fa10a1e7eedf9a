import { authActiveSessions } from "@watchkeeper/catalogue/metrics/auth";
import { SESSION_EXPIRIES_KEY } from "@watchkeeper/catalogue/names";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import type { Clock } from "@watchkeeper/process/clock";
import type { RedisClient } from "@watchkeeper/process/redis";
import { z } from "zod";
import { defineJob } from "../job.ts";

/**
 * Counts the sessions that have not expired. While Redis is away the gauge is absent: 0 would say that nobody is
 * logged in, and the last value that nothing has changed.
 */
export function createActiveSessionsJob(redis: RedisClient, metrics: Metrics, clock: Clock) {
  let sessions: number | undefined;
  metrics.gauge(authActiveSessions, (set) => {
    if (sessions !== undefined) set({}, sessions);
  });
  return defineJob({
    name: "active-sessions",
    schedule: { cron: "*/15 * * * * *", jitterMs: 0 },
    timeoutMs: 2_000,
    runs: "everywhere",
    result: z.object({ sessions: z.number().int().min(0) }),
    collect: async () => ({
      sessions: await redis.zCount(SESSION_EXPIRIES_KEY, `(${clock.now()}`, "+inf"),
    }),
    show: (result) => {
      sessions = result?.sessions;
    },
  });
}
