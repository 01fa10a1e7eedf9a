import { randomUUID } from "node:crypto";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { startOpsServer } from "@watchkeeper/exporters/ops";
import { exportRedis } from "@watchkeeper/exporters/redis";
import { exportRuntime } from "@watchkeeper/exporters/runtime";
import { exportTelemetry } from "@watchkeeper/exporters/telemetry";
import { systemClock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import type { Close, ProcessContext } from "@watchkeeper/process/main";
import { reasonOf } from "@watchkeeper/process/main";
import { readMetricsToken } from "@watchkeeper/process/metrics-token";
import { openRedis } from "@watchkeeper/process/redis";
import manifest from "../package.json" with { type: "json" };
import { createApiRoutes } from "./api/routes.ts";
import { startApi } from "./api/server.ts";
import { createDatabase, type Database } from "./database/database.ts";
import { migrate } from "./database/migrate.ts";
import { createJobs } from "./jobs/all.ts";
import { createReports } from "./report/reports.ts";
import { createLeases } from "./schedule/lease.ts";
import { runJobs } from "./schedule/runner.ts";
import { type CollectorSettings, readCollectorSettings } from "./settings.ts";
import { createPager } from "./upstream/pager.ts";
import { createPrometheus } from "./upstream/prometheus.ts";

const MIGRATE_AGAIN_MS = 5_000;

/** Where reports get their figures from. */
export function reportSources(settings: CollectorSettings, database: Database) {
  const { prometheusUrl, pagerUrl, pagerApiToken } = settings;
  return {
    database,
    prometheus: createPrometheus(prometheusUrl),
    pager: pagerUrl && pagerApiToken ? createPager(pagerUrl, pagerApiToken) : undefined,
    slos,
  };
}

/** A database that is away must not keep what needs none from being collected. */
async function migrateSoon(databaseUrl: string, log: Log, signal: AbortSignal): Promise<void> {
  let told = false;
  while (!signal.aborted) {
    try {
      const migrations = await migrate(databaseUrl);
      if (migrations.length > 0) log.info({ migrations }, "prepared the collector's tables");
      return;
    } catch (error) {
      if (!told) log.warn({ reason: reasonOf(error) }, "cannot prepare the tables yet");
      told = true;
      await systemClock.sleep(MIGRATE_AGAIN_MS, signal);
    }
  }
}

/** Starts the collector: what cannot be scraped off one instance of the app. */
export async function run({ env, log, telemetry }: ProcessContext): Promise<Close> {
  const settings = readCollectorSettings(env);
  const metricsToken = readMetricsToken(env);
  const { host, timeZone } = settings;
  const metrics = createMetrics({
    onOverflow: (metric) => log.warn({ metric }, "a metric has more label values than the catalogue allows"),
    onCollectError: (metric, error) => log.warn({ metric, err: error }, "could not collect a metric"),
  });
  exportRuntime(metrics, manifest);
  exportTelemetry(metrics, telemetry);
  const stopped = new AbortController();
  const { signal } = stopped;
  const redis = await openRedis(settings.redisUrl, log);
  const database = createDatabase(settings.databaseUrl, metrics, log);
  const reports = createReports(reportSources(settings, database), timeZone, systemClock);
  const jobs = createJobs({
    settings,
    database,
    redis: redis.client,
    reports,
    metrics,
    clock: systemClock,
    log,
  });
  const routes = createApiRoutes({ database, metrics, reports, token: settings.apiToken });
  const api = await startApi({ host, port: settings.httpPort, routes, metrics, log });
  exportRedis(metrics, (args) => redis.client.sendCommand(args));
  const ops = await startOpsServer({
    host,
    port: settings.opsPort,
    metrics,
    metricsToken,
    checks: {
      postgres: async () => {
        await database.query("ready", "SELECT 1");
      },
      redis: async () => {
        await redis.client.ping();
      },
    },
  });
  const preparing = migrateSoon(settings.databaseUrl, log, signal);
  const running = runJobs({
    jobs,
    timeZone,
    leases: createLeases(database, randomUUID()),
    metrics,
    clock: systemClock,
    log,
    random: Math.random,
    signal,
  });
  if (!settings.mail) log.info("no mail server is set: reports are only shown in the console");
  log.info({ httpPort: api.port, opsPort: ops.port }, "listening");

  return async () => {
    stopped.abort();
    redis.close();
    await Promise.all([preparing, api.close(), ops.close()]);
    await Promise.race([running, systemClock.sleep(2_000)]);
    await database.close();
  };
}
