import { createMetrics } from "@watchkeeper/exporters/metrics";
import { startOpsServer } from "@watchkeeper/exporters/ops";
import { exportRedis } from "@watchkeeper/exporters/redis";
import { exportRuntime } from "@watchkeeper/exporters/runtime";
import { exportTelemetry } from "@watchkeeper/exporters/telemetry";
import { systemClock } from "@watchkeeper/process/clock";
import type { Close, ProcessContext } from "@watchkeeper/process/main";
import { openRedis } from "@watchkeeper/process/redis";
import { parseSettings } from "@watchkeeper/process/settings";
import { z } from "zod";
import manifest from "../package.json" with { type: "json" };
import { createActiveSessionsJob } from "./jobs/active-sessions.ts";
import { runJob } from "./schedule.ts";

const schema = z.object({
  host: z.string().default("127.0.0.1"),
  opsPort: z.coerce.number().int().min(0).max(65_535),
  redisUrl: z.url({ protocol: /^rediss?$/, error: "must be a redis:// URL" }),
});

/** Starts the collector: what cannot be scraped off one instance of the app. */
export async function run({ env, log, telemetry }: ProcessContext): Promise<Close> {
  const settings = parseSettings("WATCHKEEPER_COLLECTOR", schema, env);
  const metrics = createMetrics({
    onCollectError: (metric, error) => log.warn({ metric, err: error }, "could not collect a metric"),
  });
  exportRuntime(metrics, manifest);
  exportTelemetry(metrics, telemetry);
  const redis = await openRedis(settings.redisUrl, log);
  exportRedis(metrics, (args) => redis.client.sendCommand(args));
  const jobs = [createActiveSessionsJob(redis.client, metrics, systemClock)];

  const ops = await startOpsServer({
    host: settings.host,
    port: settings.opsPort,
    metrics,
    checks: {
      redis: async () => {
        await redis.client.ping();
      },
    },
  });
  const stopped = new AbortController();
  const running = jobs.map((job) => runJob(job, { clock: systemClock, log, signal: stopped.signal }));
  log.info({ opsPort: ops.port }, "listening");

  return async () => {
    stopped.abort();
    redis.close();
    await Promise.all([...running, ops.close()]);
  };
}
