import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportDependencies } from "@watchkeeper/exporters/dependency";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { startOpsServer } from "@watchkeeper/exporters/ops";
import { exportRuntime } from "@watchkeeper/exporters/runtime";
import { loadSlowQueries } from "@watchkeeper/exporters/slow-queries";
import { exportTelemetry } from "@watchkeeper/exporters/telemetry";
import { systemClock } from "@watchkeeper/process/clock";
import { type Close, type ProcessContext, reasonOf } from "@watchkeeper/process/main";
import { readMetricsToken } from "@watchkeeper/process/metrics-token";
import type { Express } from "express";
import manifest from "../package.json" with { type: "json" };
import { createApp } from "./app.ts";
import { forgetAuditLog } from "./audit.ts";
import { createChecks } from "./checks.ts";
import { createDatabase } from "./database.ts";
import { requireRestrictedRole } from "./database-role.ts";
import { seedDemo } from "./demo/seed.ts";
import { migrate } from "./migrate.ts";
import { createRedis } from "./redis.ts";
import { loadPage } from "./routes/home.ts";
import { readAppSettings } from "./settings.ts";
import { createUsageCapture } from "./usage/capture.ts";
import { createUsageStore } from "./usage/store.ts";

const PROBE_INTERVAL_MS = 5_000;
const FORGET_INTERVAL_MS = 60 * 60_000;

/** Requests that are being answered get this long when the process is told to end. */
const DRAIN_MS = 2_500;

/** The app makes the server itself: its instruments know the faster way. */
const listen = (app: Express, port: number, host: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = app.listen(port, host, (error) => (error ? reject(error) : resolve(server)));
    server.headersTimeout = 5_000;
    server.requestTimeout = 10_000;
  });

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
  const metricsToken = readMetricsToken(env);
  const migrations = await migrate(settings.ownerDatabaseUrl);
  if (migrations.length > 0) log.info({ migrations }, "migrated the database");

  const metrics = createMetrics({
    onOverflow: (metric) => log.warn({ metric }, "a metric has more label values than the catalogue allows"),
    onCollectError: (metric, error) => log.warn({ metric, err: error }, "could not collect a metric"),
  });
  exportRuntime(metrics, manifest);
  exportTelemetry(metrics, telemetry);
  if (settings.demoPassword !== undefined) {
    const seeded = await seedDemo(settings.ownerDatabaseUrl, settings.demoPassword);
    if (seeded > 0) log.info({ employees: seeded }, "seeded the demo tenants");
  }
  const database = createDatabase(settings.databaseUrl, metrics, log);
  await requireRestrictedRole(database);
  const redis = await createRedis(settings.redisUrl, log);
  const checks = createChecks(database, redis);

  const usage = createUsageCapture({ store: createUsageStore(database), metrics, clock: systemClock, log });
  const app = createApp({
    metrics,
    database,
    redis,
    log,
    audit: telemetry.audit,
    clock: systemClock,
    cursorSecret: settings.cursorSecret,
    limits: { perUser: settings.maxRequestsPerUserMinute, perAddress: settings.maxRequestsPerAddress },
    corsOrigins: settings.corsOrigins,
    trustedProxies: settings.trustedProxies,
    recordUsage: usage.record,
    page: await loadPage(),
  });

  const probe = exportDependencies(metrics, checks);
  await probe();
  const stopped = new AbortController();
  const every = async (intervalMs: number, work: () => Promise<unknown>): Promise<void> => {
    while (!stopped.signal.aborted) {
      await systemClock.sleep(intervalMs, stopped.signal);
      if (!stopped.signal.aborted) await work();
    }
  };
  const forgetting = every(FORGET_INTERVAL_MS, async () => {
    try {
      const entries = await forgetAuditLog(database, settings.auditRetentionDays);
      if (entries > 0) log.info({ entries }, "removed old entries of the audit log");
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, "could not remove old entries of the audit log");
    }
  });
  const repeating = [every(PROBE_INTERVAL_MS, probe), forgetting];

  const ops = await startOpsServer({
    host: settings.host,
    port: settings.opsPort,
    metrics,
    metricsToken,
    checks,
    reports: { "slow-queries": () => loadSlowQueries(database) },
  });
  const server = await listen(app, settings.httpPort, settings.host);
  log.info({ port: (server.address() as AddressInfo).port, opsPort: ops.port }, "listening");

  return async () => {
    stopped.abort();
    await drain(server);
    await Promise.all([ops.close(), usage.close(), ...repeating]);
    await Promise.all([redis.close(), database.close()]);
  };
}
