import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportDependencies } from "@watchkeeper/exporters/dependency";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { startOpsServer } from "@watchkeeper/exporters/ops";
import { exportRuntime } from "@watchkeeper/exporters/runtime";
import { exportTelemetry } from "@watchkeeper/exporters/telemetry";
import { systemClock } from "@watchkeeper/process/clock";
import type { Close, ProcessContext } from "@watchkeeper/process/main";
import manifest from "../package.json" with { type: "json" };
import { createApp } from "./app.ts";
import { createChecks } from "./checks.ts";
import { createDatabase } from "./database.ts";
import { seedDemo } from "./demo/seed.ts";
import { migrate } from "./migrate.ts";
import { createRedis } from "./redis.ts";
import { readAppSettings } from "./settings.ts";
import { createUsageCapture } from "./usage/capture.ts";
import { createUsageStore } from "./usage/store.ts";

const PROBE_INTERVAL_MS = 5_000;

/** Requests that are being answered get this long when the process is told to end. */
const DRAIN_MS = 2_500;

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
}

async function drain(server: Server): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeIdleConnections();
  });
  clearTimeout(timer);
}

/** Starts the Company Directory. @throws Error in one line when the database or a port is not to be had */
export async function run({ env, log, telemetry }: ProcessContext): Promise<Close> {
  const settings = readAppSettings(env);
  const migrations = await migrate(settings.databaseUrl);
  if (migrations.length > 0) log.info({ migrations }, "migrated the database");

  const metrics = createMetrics({
    onOverflow: (metric) => log.warn({ metric }, "a metric has more label values than the catalogue allows"),
    onCollectError: (metric, error) => log.warn({ metric, err: error }, "could not collect a metric"),
  });
  exportRuntime(metrics, manifest);
  exportTelemetry(metrics, telemetry);
  const database = createDatabase(settings.databaseUrl, metrics, log);
  if (settings.demoPassword !== undefined) {
    const seeded = await seedDemo(database, settings.demoPassword);
    if (seeded > 0) log.info({ employees: seeded }, "seeded the demo tenants");
  }
  const redis = await createRedis(settings.redisUrl, log);
  const checks = createChecks(database, redis);

  const usage = createUsageCapture({ store: createUsageStore(database), metrics, clock: systemClock, log });
  const server = createServer(
    createApp({ metrics, database, redis, log, clock: systemClock, recordUsage: usage.record }),
  );
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;

  const probe = exportDependencies(metrics, checks);
  await probe();
  const stopped = new AbortController();
  const probing = (async () => {
    while (!stopped.signal.aborted) {
      await systemClock.sleep(PROBE_INTERVAL_MS, stopped.signal);
      await probe();
    }
  })();

  const ops = await startOpsServer({ host: settings.host, port: settings.opsPort, metrics, checks });
  await listen(server, settings.httpPort, settings.host);
  log.info({ port: (server.address() as AddressInfo).port, opsPort: ops.port }, "listening");

  return async () => {
    stopped.abort();
    await drain(server);
    await Promise.all([ops.close(), probing, usage.close()]);
    await Promise.all([redis.close(), database.close()]);
  };
}
