import { randomUUID } from "node:crypto";
import { instrumentPool, type QueryRunner } from "@watchkeeper/exporters/database";
import { createMetrics, type Metrics } from "@watchkeeper/exporters/metrics";
import { createLog } from "@watchkeeper/process/log";
import type { Channel, IncidentNews, Message } from "./channels/channel.ts";
import type { ChannelName } from "./channels/channel-name.ts";
import { createChannels } from "./channels/channels.ts";
import { migrate } from "./database/migrate.ts";
import { createPool } from "./database/pool.ts";
import { type Directory, teamOnlyDirectory } from "./escalation/directory.ts";
import { processNext } from "./ingest/process.ts";
import { storeBody } from "./ingest/store.ts";
import { exportPagerMetrics, type PagerMetrics } from "./metrics.ts";
import { createDispatcher, type Dispatcher, type DispatcherOptions } from "./outbox/dispatch.ts";
import { registerDestinations } from "./outbox/enqueue.ts";
import type { PagerSettings } from "./settings.ts";

/*
 * What the tests of several folders share: a pager without its processes, on a real database whose clock stands
 * still until it is moved.
 */

export const SECRETS = {
  slack: "xoxb-very-secret-slack",
  routingKey: "0123456789abcdef0123456789abcdef",
  smtp: "very-secret-smtp",
  webhook: "very-secret-webhook",
  signing: "very-secret-signing",
  ntfy: "tk_verysecretntfy",
  twilio: "very-secret-twilio",
  action: "very-secret-action",
} as const;

/** The channels' settings against a stand-in inbox. */
export const standInChannels = (ports: {
  readonly httpPort: number;
  readonly smtpPort: number;
}): PagerSettings["channels"] => {
  const http = `http://127.0.0.1:${ports.httpPort}`;
  return {
    slack: {
      token: SECRETS.slack,
      channel: "#incidents",
      apiUrl: `${http}/slack/api/`,
      signingSecret: SECRETS.signing,
    },
    email: {
      url: `smtp://pager:${SECRETS.smtp}@127.0.0.1:${ports.smtpPort}`,
      from: "Watchkeeper <watchkeeper@example.org>",
      to: "on-call@example.org",
    },
    pagerduty: { routingKey: SECRETS.routingKey, url: `${http}/pagerduty` },
    ntfy: { url: `${http}/ntfy`, token: SECRETS.ntfy },
    twilio: {
      accountSid: `AC${"0".repeat(32)}`,
      authToken: SECRETS.twilio,
      from: "+4930123456",
      url: `${http}/twilio`,
    },
    webhook: { url: `${http}/webhook/test`, secret: SECRETS.webhook },
  };
};

export interface AlertDraft {
  readonly name?: string;
  readonly service?: string;
  readonly severity?: string;
  readonly instance?: string;
  readonly status?: "firing" | "resolved";
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly description?: string;
}

/** A body of Alertmanager's webhook, version 4. */
export function webhookBody(...drafts: readonly AlertDraft[]): Buffer {
  const alerts = drafts.map((draft) => {
    const {
      name = "ServiceDown",
      service = "app",
      severity = "page",
      instance = "app-1",
      status = "firing",
    } = draft;
    return {
      status,
      labels: { alertname: name, service, severity, instance, owner: "directory" },
      annotations: {
        summary: "The directory does not answer",
        description: draft.description ?? `${instance} is down`,
        runbook_url: `http://localhost:4700/runbooks/${name}`,
        dashboard_url: "http://localhost:4700/boards/overview",
        panel_url: "http://localhost:4700/boards/overview?viewPanel=1",
        logs_url: "http://localhost:4700/logs/app",
      },
      startsAt: draft.startsAt ?? "2026-03-01T02:59:30.123456789Z",
      endsAt: draft.endsAt ?? (status === "firing" ? "0001-01-01T00:00:00Z" : "2026-03-01T03:05:00.5Z"),
      generatorURL: "http://localhost:4710/graph",
      fingerprint: `${name}/${service}/${instance}`,
    };
  });
  return Buffer.from(
    JSON.stringify({
      version: "4",
      groupKey: "{}",
      truncatedAlerts: 0,
      status: "firing",
      receiver: "pager",
      alerts,
    }),
  );
}

export interface TestBed {
  readonly database: QueryRunner;
  readonly metrics: Metrics;
  readonly pagerMetrics: PagerMetrics;
  /** Every log line so far. */
  readonly logLines: readonly string[];
  readonly options: Omit<DispatcherOptions, "checkpoint">;
  advance(ms: number): Promise<void>;
  /** Stores a body and processes everything that waits. */
  receive(body: Buffer): Promise<void>;
  dispatcher(extra?: Partial<DispatcherOptions>): Dispatcher;
  /** Moves time in steps until nothing is due within a minute, and sends what becomes due. */
  settle(dispatcher?: Dispatcher): Promise<void>;
  /** Deliveries as `channel kind state`, in order. */
  deliveries(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const START = "2026-03-01T03:00:00Z";

/**
 * @param channels the channels, or settings of the ones to create
 * @param directory who is on call; nobody unless given
 */
export async function createTestBed(
  databaseUrl: string,
  channels: PagerSettings["channels"] | ReadonlyMap<ChannelName, Channel>,
  directory: Directory = teamOnlyDirectory,
): Promise<TestBed> {
  const logLines: string[] = [];
  const log = createLog("pager", "debug", { write: (line) => void logLines.push(line) });
  await migrate(databaseUrl, log);
  const pool = createPool(databaseUrl, log);
  const metrics = createMetrics();
  const database = instrumentPool(pool, metrics);
  await pool.query(`CREATE TABLE test_clock (at timestamptz NOT NULL)`);
  await pool.query(`INSERT INTO test_clock VALUES ($1)`, [START]);
  await pool.query(`CREATE OR REPLACE FUNCTION pager_now() RETURNS timestamptz LANGUAGE sql STABLE
    AS $$ SELECT at FROM test_clock $$`);
  const pagerMetrics = exportPagerMetrics(metrics, database);
  const map =
    channels instanceof Map
      ? channels
      : createChannels(channels as PagerSettings["channels"], "test-install");
  await registerDestinations(database, map);
  const options = {
    database,
    channels: map,
    reach: { destinations: map, directory, consoleUrl: "http://console.example:4700" },
    consoleUrl: "http://console.example:4700",
    metrics: pagerMetrics,
    log,
  };

  const advance = async (ms: number): Promise<void> => {
    await pool.query("UPDATE test_clock SET at = at + $1 * interval '1 millisecond'", [ms]);
  };
  const dispatcher = (extra: Partial<DispatcherOptions> = {}): Dispatcher =>
    createDispatcher({ ...options, ...extra });
  const own = dispatcher();
  return {
    database,
    metrics,
    pagerMetrics,
    logLines,
    options,
    advance,
    dispatcher,
    async receive(body) {
      await storeBody(database, "alertmanager", body);
      while (await processNext(options));
    },
    async settle(sender = own) {
      for (let quietMs = 0; quietMs < 60_000; ) {
        const claimed = await sender.dispatch();
        await sender.idle();
        const stepMs = claimed > 0 ? 1_000 : 5_000;
        quietMs = claimed > 0 ? 0 : quietMs + stepMs;
        await advance(stepMs);
      }
    },
    async deliveries() {
      const { rows } = await database.query<{ line: string }>(
        "test",
        "SELECT concat_ws(' ', destination, kind, state) AS line FROM delivery ORDER BY sequence",
      );
      return rows.map(({ line }) => line);
    },
    close: () => pool.end(),
  };
}

/** An incident as a channel is told of it. */
export const sampleIncident = (changes: Partial<IncidentNews> = {}): IncidentNews => ({
  id: randomUUID(),
  number: 12,
  state: "triggered",
  severity: "page",
  priority: "P1",
  acknowledgedBy: null,
  assignee: null,
  snoozedUntil: null,
  alertname: "ServiceDown",
  service: "app",
  summary: "The directory does not answer",
  description: "No instance has answered for 1 minute.",
  startedAt: new Date("2026-03-01T02:59:30Z"),
  resolvedAt: null,
  firing: 2,
  runbookUrl: "http://localhost:4700/runbooks/ServiceDown",
  dashboardUrl: "http://localhost:4700/boards/overview",
  panelUrl: "http://localhost:4700/boards/overview?viewPanel=1",
  logsUrl: "http://localhost:4700/logs/app",
  url: "http://localhost:4700/incidents/12",
  ...changes,
});

/** The first message about an incident. */
export function sampleMessage(changes: Partial<Message> = {}): Message {
  const deliveryId = randomUUID();
  return {
    deliveryId,
    kind: "announce",
    to: { address: null, person: null },
    page: null,
    history: [],
    incident: sampleIncident(),
    mayHaveArrived: false,
    lastReference: null,
    announcement: { deliveryId, createdAt: new Date(Date.now() - 1_000), reference: null },
    ...changes,
  };
}
