import { authActiveSessions } from "@watchkeeper/catalogue/metrics/auth";
import { SESSION_EXPIRIES_KEY } from "@watchkeeper/catalogue/names";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import type { Clock } from "@watchkeeper/process/clock";
import type { RedisClient } from "@watchkeeper/process/redis";
import type { Job } from "../schedule.ts";

/**
 * Counts the sessions that have not expired. While Redis is away the gauge is absent: 0 would say that nobody is
 * logged in, and the last value that nothing has changed.
 */
export function createActiveSessionsJob(redis: RedisClient, metrics: Metrics, clock: Clock): Job {
  let sessions: number | undefined;
  metrics.gauge(authActiveSessions, (set) => {
    if (sessions !== undefined) set({}, sessions);
  });
  return {
    name: "active-sessions",
    intervalMs: 15_000,
    timeoutMs: 2_000,
    async collect(signal) {
      const count = await redis.zCount(SESSION_EXPIRIES_KEY, `(${clock.now()}`, "+inf");
      if (!signal.aborted) sessions = count;
    },
    forget() {
      sessions = undefined;
    },
  };
}
