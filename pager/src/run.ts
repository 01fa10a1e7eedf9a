import type { AddressInfo } from "node:net";
import { instrumentPool } from "@watchkeeper/exporters/database";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { startOpsServer } from "@watchkeeper/exporters/ops";
import { exportRuntime } from "@watchkeeper/exporters/runtime";
import { exportTelemetry } from "@watchkeeper/exporters/telemetry";
import type { Close, ProcessContext } from "@watchkeeper/process/main";
import { readMetricsToken } from "@watchkeeper/process/metrics-token";
import packageJson from "../package.json" with { type: "json" };
import { createActionAddresses } from "./actions/addresses.ts";
import { findCall } from "./actions/calls.ts";
import { createActionRoutes } from "./actions/routes.ts";
import type { SlackActionSettings } from "./actions/slack.ts";
import { createApiRoutes } from "./api/api.ts";
import { createApp } from "./api/app.ts";
import { createAuthenticate, parseTokens } from "./api/tokens.ts";
import { createChannels } from "./channels/channels.ts";
import type { SlackSettings } from "./channels/slack.ts";
import type { Pass } from "./checkpoint.ts";
import { type Chores, startChores } from "./chores.ts";
import { isAway } from "./database/away.ts";
import { createClockWatch } from "./database/clock-watch.ts";
import { migrate } from "./database/migrate.ts";
import { createPool } from "./database/pool.ts";
import { createDegraded } from "./degraded/degraded.ts";
import { readSnapshot } from "./degraded/snapshot.ts";
import { type Engine, startEngine } from "./engine.ts";
import { type Directory, teamOnlyDirectory } from "./escalation/directory.ts";
import { createIngestRoutes } from "./ingest/routes.ts";
import { createAlertmanager, settleWindows } from "./maintenance/silences.ts";
import { countSuperseded, exportPagerMetrics } from "./metrics.ts";
import { createCalendarRoutes } from "./oncall/calendar-links.ts";
import { createDirectory } from "./oncall/directory.ts";
import { exportReadiness, tellOwners } from "./oncall/keep-readiness.ts";
import { personOfSlackUser } from "./oncall/roster.ts";
import { createEmptySource, openRosterSource } from "./oncall/roster-source.ts";
import { sendWeeklyTestPages } from "./oncall/weekly-test-page.ts";
import { registerDestinations } from "./outbox/enqueue.ts";
import type { Reach } from "./routes.ts";
import { parsePagerSettings } from "./settings.ts";
import { tryUntilDone } from "./try-until-done.ts";

/** Buttons are taken when we can tell that Slack sent them. */
const slackActionsOf = (
  slack: SlackSettings | undefined,
  personOf: SlackActionSettings["personOf"],
): SlackActionSettings | undefined =>
  slack?.signingSecret === undefined
    ? undefined
    : { signingSecret: slack.signingSecret, apiUrl: slack.apiUrl, personOf };

/** What an experiment may put in place of the usual. */
export interface RunHooks {
  /** Called between two steps, where a process may end. */
  readonly checkpoint?: Pass;
  readonly directory?: Directory;
}

/**
 * Starts the pager: schema, engine, operators' port, HTTP port. While the database is away it answers 503 and pages
 * from the snapshot; the engine begins when the database is back.
 *
 * @throws Error of one line when a setting is wrong or a port is taken, or when the database is away and no snapshot
 *   of an earlier run says whom to page
 */
export async function run(
  { env, log, telemetry }: ProcessContext,
  { checkpoint, directory }: RunHooks = {},
): Promise<Close> {
  const settings = parsePagerSettings(env);
  const metricsToken = readMetricsToken(env);
  const { host, onCallPath } = settings;
  const authenticate = createAuthenticate(settings.apiToken, parseTokens(settings.apiTokens));
  const source = onCallPath === undefined ? createEmptySource() : await openRosterSource(onCallPath, log);

  const metrics = createMetrics({
    onCollectError: (metric, error) => log.warn({ err: error, metric }, "metric not collected"),
  });
  exportRuntime(metrics, { version: packageJson.version });
  exportTelemetry(metrics, telemetry);
  const pool = createPool(settings.databaseUrl, log);
  const database = instrumentPool(pool, metrics, { prepare: true });
  const pagerMetrics = exportPagerMetrics(metrics, database);

  const { actions, snapshotDir } = settings;
  /** Brings the schema up to date. @returns the name of this installation */
  const prepare = async (): Promise<string> => {
    await migrate(settings.databaseUrl, log);
    const { rows } = await database.query<{ id: string }>("install-id", "SELECT id FROM install");
    return rows[0]?.id ?? "";
  };
  const snapshot = snapshotDir === undefined ? undefined : await readSnapshot(snapshotDir);
  let isPrepared = true;
  const install = await prepare().catch((error: unknown) => {
    if (!snapshot || !isAway(error)) throw error;
    isPrepared = false;
    log.error({ err: error }, "the database is away: pages leave from the snapshot until it is back");
    return snapshot.install;
  });
  const channels = createChannels(settings.channels, install, {
    addresses: actions && createActionAddresses(actions),
    findCall: (deliveryId) => findCall(database, deliveryId),
  });
  const reach: Reach = {
    destinations: channels,
    directory: directory ?? (onCallPath === undefined ? teamOnlyDirectory : createDirectory(source.current)),
    consoleUrl: settings.consoleUrl,
  };
  if (settings.channels.twilio && !channels.has("voice")) {
    log.warn(
      "nobody is called and no reply is read: Twilio must reach the pager by WATCHKEEPER_PAGER_PUBLIC_URL",
    );
  }
  if (channels.size === 0) log.warn("no channel is set up: incidents are kept and nobody is told");

  if (onCallPath === undefined) log.warn("no on-call file is set up: nobody is paged by name");
  const readiness = { database, source, reach, consoleUrl: settings.consoleUrl };
  exportReadiness(metrics, readiness);

  const degraded =
    snapshotDir === undefined
      ? undefined
      : await createDegraded({
          database,
          reach,
          channels,
          install,
          folder: snapshotDir,
          replica: String(settings.httpPort),
          metrics: pagerMetrics,
          log,
          checkpoint,
        });
  if (!degraded) log.warn("no folder for a snapshot is set: nobody is paged while the database is away");

  let engine: Engine | undefined;
  let chores: Chores | undefined;
  const alertmanagers = (settings.alertmanager?.urls ?? []).map(createAlertmanager);
  const begin = async (): Promise<void> => {
    if (!isPrepared && (await prepare()) !== install) {
      throw new Error(
        "Cannot begin as the database is of another installation than the snapshot: start again",
      );
    }
    await registerDestinations(database, channels);
    engine = startEngine({
      database,
      channels,
      reach,
      alertmanager: settings.alertmanager,
      clockWatch: createClockWatch(database, log),
      ...(checkpoint && { checkpoint }),
      heartbeatUrl: settings.heartbeatUrl,
      ...(degraded && { recover: degraded.recover, takeSnapshot: degraded.takeSnapshot }),
      consoleUrl: settings.consoleUrl,
      metrics: pagerMetrics,
      log,
    });
    chores = startChores(log, [
      { name: "readiness", everyMs: 60_000, run: () => tellOwners(readiness) },
      { name: "test pages", everyMs: 60_000, run: () => sendWeeklyTestPages(readiness) },
      {
        name: "maintenance",
        everyMs: 15_000,
        run: () => settleWindows(database, alertmanagers, log),
      },
    ]);
  };
  if (isPrepared) await begin();
  const beginning = isPrepared ? undefined : tryUntilDone("the engine", begin, log);
  const app = createApp(metrics, log, [
    createIngestRoutes({
      database,
      token: settings.ingestToken,
      metrics: pagerMetrics,
      log,
      stored: () => engine?.wake(),
      emergency: degraded?.emergency,
      checkpoint,
    }),
    ...createActionRoutes({
      database,
      reach,
      consoleUrl: settings.consoleUrl,
      onSuperseded: (superseded) => countSuperseded(pagerMetrics, superseded),
      log,
      wake: () => engine?.wake(),
      actions,
      slack: slackActionsOf(settings.channels.slack, (user) => personOfSlackUser(source.current(), user)),
      twilio: settings.channels.twilio,
    }),
    createCalendarRoutes(database, source.current),
    createApiRoutes({
      ...readiness,
      version: packageJson.version,
      authenticate,
      log,
      onSuperseded: (superseded) => countSuperseded(pagerMetrics, superseded),
      onMaintenance: () => chores?.wake("maintenance"),
    }),
  ]);
  const ops = await startOpsServer({
    host,
    port: settings.opsPort,
    metrics,
    metricsToken,
    checks: {
      postgres: async () => {
        await database.query("readiness", "SELECT 1");
        if (!engine) throw new Error("the database is back, and the engine has not begun yet");
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
    await beginning?.close();
    await Promise.all([chores?.close(), source.close(), engine?.close(), degraded?.emergency.close()]);
    server.closeAllConnections();
    await Promise.all([closed, ops.close()]);
    await pool.end();
  };
}
