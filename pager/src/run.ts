import type { AddressInfo } from "node:net";
import { instrumentPool } from "@watchkeeper/exporters/database";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { startOpsServer } from "@watchkeeper/exporters/ops";
import { exportRuntime } from "@watchkeeper/exporters/runtime";
import { exportTelemetry } from "@watchkeeper/exporters/telemetry";
import type { Close, ProcessContext } from "@watchkeeper/process/main";
import packageJson from "../package.json" with { type: "json" };
import { createApp } from "./api/app.ts";
import { createApiRoutes } from "./api/routes.ts";
import { createChannels } from "./channels/channels.ts";
import { migrate } from "./database/migrate.ts";
import { createPool } from "./database/pool.ts";
import { startEngine } from "./engine.ts";
import { createIngestRoutes } from "./ingest/routes.ts";
import { exportPagerMetrics } from "./metrics.ts";
import { registerDestinations } from "./outbox/enqueue.ts";
import { parsePagerSettings } from "./settings.ts";

/**
 * Starts the pager: schema, engine, operators' port, HTTP port.
 *
 * @throws Error of one line when a setting is wrong, the database is away or a port is taken
 */
export async function run({ env, log, telemetry }: ProcessContext): Promise<Close> {
  const settings = parsePagerSettings(env);
  const { host } = settings;
  await migrate(settings.databaseUrl, log);

  const metrics = createMetrics({
    onCollectError: (metric, error) => log.warn({ err: error, metric }, "metric not collected"),
  });
  exportRuntime(metrics, { version: packageJson.version });
  exportTelemetry(metrics, telemetry);
  const pool = createPool(settings.databaseUrl, log);
  const database = instrumentPool(pool, metrics);
  const pagerMetrics = exportPagerMetrics(metrics, database);

  const { rows } = await database.query<{ id: string }>("install-id", "SELECT id FROM install");
  const channels = createChannels(settings.channels, rows[0]?.id ?? "");
  await registerDestinations(database, channels);
  if (channels.size === 0) log.warn("no channel is set up: incidents are kept and nobody is told");

  const engine = startEngine({
    database,
    channels,
    consoleUrl: settings.consoleUrl,
    metrics: pagerMetrics,
    log,
  });
  const app = createApp(metrics, log, [
    createIngestRoutes({
      database,
      token: settings.ingestToken,
      metrics: pagerMetrics,
      log,
      stored: () => engine.wake(),
    }),
    createApiRoutes(database, settings.apiToken),
  ]);
  const ops = await startOpsServer({
    host,
    port: settings.opsPort,
    metrics,
    checks: {
      postgres: async () => {
        await database.query("readiness", "SELECT 1");
      },
    },
  });
  const server = app.listen(settings.httpPort, host);
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
  });
  log.info(
    { httpPort: (server.address() as AddressInfo).port, opsPort: ops.port, channels: [...channels.keys()] },
    "listening",
  );

  return async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await engine.close();
    server.closeAllConnections();
    await Promise.all([closed, ops.close()]);
    await pool.end();
  };
}
