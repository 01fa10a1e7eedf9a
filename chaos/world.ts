import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Inbox, startInbox } from "@watchkeeper/inbox/server";
import { freePort } from "@watchkeeper/native/free-port";
import { PROJECT_ROOT } from "@watchkeeper/native/paths";
import {
  ensureCluster,
  postgresCommand,
  preparePostgresHome,
  removePostgresHome,
} from "@watchkeeper/native/postgres";
import { obtainTools } from "@watchkeeper/native/tools";
import { createLog } from "@watchkeeper/process/log";
import { until } from "@watchkeeper/testing/poll";
import pg from "pg";

export const INGEST_TOKEN = "chaos-ingest-token-0123456789";
export const API_TOKEN = "chaos-api-token-0123456789";

/** A server that can be ended in any way and started again. */
export interface Server {
  start(env?: Readonly<Record<string, string>>): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Waits until it has ended. */
  ended(): Promise<void>;
  readonly running: boolean;
  /** 0 before the first start. */
  readonly pid: number;
}

export interface World {
  readonly postgres: Server;
  readonly pagers: readonly Server[];
  /** Where webhooks of each pager go. */
  readonly pagerUrls: readonly string[];
  readonly alertmanagerUrl: string;
  readonly inboxUrl: string;
  /** Asks the pager's database; a connection for each question, since the server comes and goes. */
  query<Row extends pg.QueryResultRow>(text: string): Promise<readonly Row[]>;
  /** Sets the clock by which the database decides. @returns false when the database is away */
  stepClock(ms: number): Promise<boolean>;
  close(): Promise<void>;
}

interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly uid?: number | undefined;
  readonly cwd?: string;
  readonly log: string;
  readonly ready: () => Promise<boolean>;
}

function createServer(name: string, program: Program): Server {
  let child: ChildProcess | undefined;
  const alive = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    get running() {
      return alive();
    },
    get pid() {
      return child?.pid ?? 0;
    },
    async start(env = {}) {
      if (alive()) return;
      const out = openSync(program.log, "a");
      const { uid, cwd } = program;
      child = spawn(program.command, [...program.args], {
        stdio: ["ignore", out, out],
        env: { ...process.env, ...program.env, ...env },
        ...(cwd !== undefined && { cwd }),
        ...(uid !== undefined && { uid, gid: uid }),
      });
      await until(name, async () => ((await program.ready()) || !alive() ? true : undefined), 40_000);
    },
    signal: (signal) => void (alive() && child?.kill(signal)),
    async ended() {
      if (child && alive()) await once(child, "exit");
    },
  };
}

const answers = async (url: string): Promise<boolean> =>
  (await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined))?.ok ?? false;

/** A whole small world: PostgreSQL, Alertmanager, two pagers, and the stand-in for all providers. */
export async function createWorld(): Promise<World> {
  const folder = join(PROJECT_ROOT, ".watchkeeper", `chaos-${process.pid}`);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const tools = await obtainTools(() => undefined);
  const log = createLog("inbox", "silent");
  const inbox: Inbox = await startInbox({ host: "127.0.0.1", httpPort: 0, smtpPort: 0, log });
  const inboxUrl = `http://127.0.0.1:${inbox.httpPort}`;

  const home = preparePostgresHome(folder);
  await ensureCluster(home, "chaos", "chaos-only");
  const postgresPort = await freePort();
  const databaseUrl = `postgres://postgres:chaos-only@127.0.0.1:${postgresPort}/postgres`;
  async function query<Row extends pg.QueryResultRow>(text: string): Promise<readonly Row[]> {
    const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 2_000 });
    client.on("error", () => undefined);
    try {
      await client.connect();
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  const postgres = createServer("PostgreSQL", {
    ...postgresCommand(home, "chaos", postgresPort),
    log: join(folder, "postgres.log"),
    ready: () =>
      query("SELECT 1").then(
        () => true,
        () => false,
      ),
  });

  const ports = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const [httpA = 0, httpB = 0, opsA = 0, opsB = 0] = ports;
  const alertmanagerPort = await freePort();
  const alertmanagerUrl = `http://127.0.0.1:${alertmanagerPort}`;
  const pagerUrls = [`http://127.0.0.1:${httpA}`, `http://127.0.0.1:${httpB}`];
  const pager = (name: string, http: number, ops: number): Server =>
    createServer(name, {
      command: process.execPath,
      args: ["--import", "tsx", fileURLToPath(new URL("./pager.ts", import.meta.url))],
      cwd: PROJECT_ROOT,
      log: join(folder, `${name}.log`),
      ready: () => answers(`http://127.0.0.1:${ops}/readyz`),
      env: Object.fromEntries(
        Object.entries({
          HTTP_PORT: http,
          OPS_PORT: ops,
          DATABASE_URL: databaseUrl,
          INGEST_TOKEN,
          API_TOKEN,
          CONSOLE_URL: "http://127.0.0.1:4700",
          ALERTMANAGER_URL: alertmanagerUrl,
          SNAPSHOT_DIR: join(folder, "pager"),
          SLACK_TOKEN: "xoxb-chaos",
          SLACK_CHANNEL: "#incidents",
          SLACK_API_URL: `${inboxUrl}/slack/api/`,
          SMTP_URL: `smtp://127.0.0.1:${inbox.smtpPort}`,
          EMAIL_FROM: "pager@localhost",
          EMAIL_TO: "on-call@localhost",
          PAGERDUTY_ROUTING_KEY: "0123456789abcdef0123456789abcdef",
          PAGERDUTY_URL: `${inboxUrl}/pagerduty`,
          WEBHOOK_URL: `${inboxUrl}/webhook/chaos`,
          WEBHOOK_SECRET: "chaos-webhook-secret",
        }).map(([key, value]) => [`WATCHKEEPER_PAGER_${key}`, String(value)]),
      ),
    });
  const pagers = [pager("pager-a", httpA, opsA), pager("pager-b", httpB, opsB)];

  const webhooks = pagerUrls
    .map(
      (url) =>
        `      - url: ${url}/webhooks/alertmanager\n        send_resolved: true\n        max_alerts: 0\n        http_config: { authorization: { credentials: ${INGEST_TOKEN} } }\n`,
    )
    .join("");
  const configuration = join(folder, "alertmanager.yml");
  writeFileSync(
    configuration,
    `route:\n  receiver: pager\n  group_by: [alertname, service]\n  group_wait: 1s\n  group_interval: 2s\n  repeat_interval: 1h\nreceivers:\n  - name: pager\n    webhook_configs:\n${webhooks}`,
  );
  const alertmanager = createServer("Alertmanager", {
    command: tools.alertmanager.path,
    args: [
      `--config.file=${configuration}`,
      `--storage.path=${join(folder, "alertmanager")}`,
      `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
      "--cluster.listen-address=",
    ],
    env: tools.alertmanager.env,
    log: join(folder, "alertmanager.log"),
    ready: () => answers(`${alertmanagerUrl}/-/ready`),
  });

  await Promise.all([postgres.start(), alertmanager.start()]);
  // One after the other: the first makes the schema.
  for (const one of pagers) await one.start();
  await query(
    `CREATE TABLE chaos_clock (ahead interval NOT NULL); INSERT INTO chaos_clock VALUES ('0');
     CREATE OR REPLACE FUNCTION pager_now() RETURNS timestamptz LANGUAGE sql STABLE
     AS $$ SELECT now() + (SELECT ahead FROM chaos_clock) $$`,
  );
  return {
    postgres,
    pagers,
    pagerUrls,
    alertmanagerUrl,
    inboxUrl,
    query,
    stepClock: (ms) =>
      query(`UPDATE chaos_clock SET ahead = ahead + ${ms} * interval '1 ms'`).then(
        () => true,
        () => false,
      ),
    async close() {
      for (const one of [...pagers, alertmanager]) {
        one.signal("SIGCONT");
        one.signal("SIGKILL");
        await one.ended();
      }
      postgres.signal("SIGINT");
      await postgres.ended();
      await inbox.close();
      removePostgresHome(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
