import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { metricsOf } from "@watchkeeper/catalogue/metrics/all";
import { differencesFromCatalogue } from "@watchkeeper/exporters/contract";
import type { Inbox } from "@watchkeeper/inbox/server";
import { startTestInbox } from "@watchkeeper/inbox/test-inbox";
import { createLog } from "@watchkeeper/process/log";
import { noTelemetry } from "@watchkeeper/process/telemetry";
import { until } from "@watchkeeper/testing/poll";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSnapshot } from "./degraded/snapshot.ts";
import { run } from "./run.ts";
import { SECRETS, standInChannels, webhookBody } from "./test-bed.ts";

const INGEST = "ingest-token-0123456789";
const API = "api-token-0123456789";

/** Stands between the pager and its database so that a test can take the database away. */
async function createProxy(target: { host: string; port: number }) {
  const sockets = new Set<Socket>();
  let server: Server;
  let port = 0;
  const open = async (): Promise<void> => {
    server = createServer((client) => {
      const upstream = connect(target.port, target.host);
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on("error", () => undefined);
        socket.on("close", () => sockets.delete(socket));
      }
      client.pipe(upstream).pipe(client);
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    const address = server.address();
    port = typeof address === "object" && address ? address.port : 0;
  };
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await open();
  return { open, close, port: () => port };
}

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let inbox: Inbox;
let proxy: Awaited<ReturnType<typeof createProxy>>;
let closePager: () => Promise<void>;
let env: Record<string, string | undefined>;
let pager: string;
let ops: string;
const logLines: string[] = [];

beforeAll(async () => {
  inbox = await startTestInbox();
  database = await createTestDatabase();
  const url = new URL(database.url);
  proxy = await createProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port());
  const channels = standInChannels(inbox);
  const log = createLog("pager", "info", { write: (line) => void logLines.push(line) });
  env = {
    WATCHKEEPER_PAGER_HTTP_PORT: "0",
    WATCHKEEPER_PAGER_OPS_PORT: "0",
    WATCHKEEPER_PAGER_DATABASE_URL: url.href,
    WATCHKEEPER_PAGER_INGEST_TOKEN: INGEST,
    WATCHKEEPER_PAGER_API_TOKEN: API,
    WATCHKEEPER_PAGER_CONSOLE_URL: "http://console.example:4700/",
    WATCHKEEPER_PAGER_SLACK_TOKEN: SECRETS.slack,
    WATCHKEEPER_PAGER_SLACK_CHANNEL: "#incidents",
    WATCHKEEPER_PAGER_SLACK_API_URL: channels.slack?.apiUrl,
    WATCHKEEPER_PAGER_SMTP_URL: channels.email?.url,
    WATCHKEEPER_PAGER_EMAIL_FROM: channels.email?.from,
    WATCHKEEPER_PAGER_EMAIL_TO: channels.email?.to,
    WATCHKEEPER_PAGER_PAGERDUTY_ROUTING_KEY: SECRETS.routingKey,
    WATCHKEEPER_PAGER_PAGERDUTY_URL: channels.pagerduty?.url,
    WATCHKEEPER_PAGER_WEBHOOK_URL: channels.webhook?.url,
    WATCHKEEPER_PAGER_WEBHOOK_SECRET: SECRETS.webhook,
  };
  closePager = await run({
    telemetry: noTelemetry,
    log,
    env,
  });
  const listening = JSON.parse(logLines.find((line) => line.includes('"listening"')) ?? "{}");
  pager = `http://127.0.0.1:${listening.httpPort}`;
  ops = `http://127.0.0.1:${listening.opsPort}`;
});
afterAll(async () => {
  await closePager();
  await proxy.close();
  await inbox.close();
  await database.drop();
});

const post = (body: Buffer | string, token = INGEST): Promise<Response> =>
  fetch(`${pager}/webhooks/alertmanager`, {
    method: "POST",
    body: new Uint8Array(Buffer.from(body)),
    headers: { authorization: `Bearer ${token}` },
  });
const get = (path: string, token = API): Promise<Response> =>
  fetch(`${pager}${path}`, { headers: { authorization: `Bearer ${token}` } });

interface Incident {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly state: string;
  readonly timeline: readonly { readonly kind: string }[];
  readonly deliveries: readonly { readonly state: string }[];
}

const open = async (): Promise<readonly Incident[]> =>
  ((await (await get("/api/incidents")).json()) as { incidents: Incident[] }).incidents;

const messages = async (channel: string): Promise<readonly { summary: string; revisions: number }[]> => {
  const answer = await fetch(`http://127.0.0.1:${inbox.httpPort}/api/messages?channel=${channel}`);
  return ((await answer.json()) as { messages: { summary: string; revisions: number }[] }).messages;
};

const metric = async (line: string): Promise<number | undefined> => {
  const text = await (await fetch(`${ops}/metrics`)).text();
  const found = text.split("\n").find((one) => one.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length + 1));
};

test("every metric that the catalogue promises is there before anything happened, and no other", async () => {
  const text = await (await fetch(`${ops}/metrics`)).text();
  expect(differencesFromCatalogue(text, metricsOf("pager"))).toEqual([]);
  expect(text).toContain(
    'watchkeeper_pager_delivery_attempts_total{channel="slack",delivery_result="dead"} 0',
  );
  expect(text).toContain('watchkeeper_pager_incidents_open{severity="page"} 0');
});

describe("the webhook", () => {
  test("lets nobody in without the token", async () => {
    expect((await post(webhookBody({}), "wrong")).status).toBe(401);
    expect((await fetch(`${pager}/webhooks/alertmanager`, { method: "POST" })).status).toBe(401);
    expect(await metric('watchkeeper_pager_webhooks_total{inbox_result="unauthorized"}')).toBe(2);
  });

  test("refuses a body that no Alertmanager sends", async () => {
    expect((await post(Buffer.alloc(33 * 1024 * 1024, "x"))).status).toBe(413);
  });

  test("turns an alert into a message to people, and its end into the same message", async () => {
    expect((await post(webhookBody({}))).status).toBe(200);
    const slack = await until("Slack", async () => (await messages("slack"))[0]);
    expect(slack.summary).toContain("[PAGE]");
    for (const channel of ["email", "pagerduty", "webhook"]) {
      await until(channel, async () => (await messages(channel))[0]);
    }
    expect(await metric('watchkeeper_pager_incidents_open{severity="page"}')).toBe(1);
    expect((await post(webhookBody({ status: "resolved" }))).status).toBe(200);
    const over = await until("the end", async () =>
      (await messages("slack")).find(({ revisions }) => revisions > 0),
    );
    expect(over.summary).toContain("[RESOLVED]");
  });

  test("keeps what it cannot read, and says so to people", async () => {
    expect((await post("this is not JSON")).status).toBe(200);
    const incident = await until("the incident", async () =>
      (await open()).find(({ title }) => title.startsWith("PagerUnreadableAlert")),
    );
    const runbookUrl = "http://console.example:4700/runbooks/PagerUnreadableAlert";
    expect(incident).toMatchObject({
      severity: "page",
      service: "pager",
      alerts: 1,
      runbookUrl,
      dashboardUrl: "http://console.example:4700/boards/on-call",
      logsUrl: "http://console.example:4700/logs/pager",
    });
    const page = await until("the page", async () =>
      (await messages("pagerduty")).find(({ summary }) => summary.includes("cannot read")),
    );
    expect(JSON.stringify(page)).toContain(runbookUrl);
    expect(await metric('watchkeeper_pager_webhooks_total{inbox_result="unreadable"}')).toBe(1);
  });

  test("reads the alerts that it can from a body with one that it cannot", async () => {
    const body = JSON.parse(webhookBody({ name: "Readable" }).toString());
    body.alerts.push({ status: "perhaps" });
    expect((await post(JSON.stringify(body))).status).toBe(200);
    await until("the readable one", async () =>
      (await open()).find(({ title }) => title.startsWith("Readable")),
    );
  });

  test("takes Grafana's alerts beside Alertmanager's", async () => {
    const answer = await fetch(`${pager}/webhooks/grafana`, {
      method: "POST",
      body: new Uint8Array(webhookBody({ name: "FromGrafana", severity: "ticket" })),
      headers: { authorization: `Bearer ${INGEST}` },
    });
    expect(answer.status).toBe(200);
    await until("the incident", async () =>
      (await open()).find(({ title }) => title.startsWith("FromGrafana")),
    );
  });

  test("takes the Watchdog as a sign of life and not as an alert", async () => {
    const name = "watchkeeper_pager_watchdog_last_seen_timestamp_seconds";
    expect(await metric(name)).toBe(0);
    expect((await post(webhookBody({ name: "Watchdog", severity: "info" }))).status).toBe(200);
    const seen = await until("the sign", async () => (await metric(name)) || undefined);
    expect(Math.abs(seen - Date.now() / 1_000)).toBeLessThan(60);
    expect((await open()).some(({ title }) => title.startsWith("Watchdog"))).toBe(false);
    const canary = "watchkeeper_pager_canary_last_success_timestamp_seconds";
    await until("the canary", async () => (await metric(canary)) || undefined);
  });
});

describe("the API", () => {
  test("lets nobody in with the webhook's token", async () => {
    expect((await get("/api/incidents", INGEST)).status).toBe(401);
  });

  test.each(["state=closed", "limit=0", "limit=many", "page=2"])("refuses %s", async (query) => {
    const answer = await get(`/api/incidents?${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { message: expect.stringMatching(/^Cannot read the query as /) },
    });
  });

  test("lists incidents and tells one with its history", async () => {
    const list = (await (await get("/api/incidents?state=resolved&limit=1")).json()) as {
      incidents: Incident[];
    };
    const [listed] = list.incidents;
    expect(listed).toMatchObject({ state: "resolved", title: "ServiceDown: The directory does not answer" });
    for (const id of [listed?.id, listed?.number]) {
      const incident = (await (await get(`/api/incidents/${id}`)).json()) as Incident;
      expect(incident.timeline.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(["opened", "announce-sent", "resolved", "resolve-sent"]),
      );
      expect(incident.deliveries).toHaveLength(8);
    }
    expect((await get("/api/incidents/999999")).status).toBe(404);
    expect((await get("/api/incidents/..%2f")).status).toBe(404);
  });
});

test("a database that goes away and comes back costs 503s and nothing else", async () => {
  await proxy.close();
  const refused = await post(webhookBody({ name: "Meanwhile" }));
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await get("/api/incidents")).status).toBe(503);
  expect((await fetch(`${ops}/readyz`)).status).toBe(503);
  expect((await fetch(`${ops}/healthz`)).status).toBe(200);
  const text = await (await fetch(`${ops}/metrics`)).text();
  expect(text).not.toMatch(/^watchkeeper_pager_inbox_backlog /m);

  await proxy.open();
  await until("readiness", async () => ((await fetch(`${ops}/readyz`)).status === 200 ? true : undefined));
  expect((await post(webhookBody({ name: "Meanwhile" }))).status).toBe(200);
  await until("the message", async () =>
    (await messages("pagerduty")).find(({ summary }) => summary.includes("Meanwhile")),
  );
});

test("a pager that starts while its database is away pages from the snapshot, and works when it is back", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pager-start-"));
  const lines: string[] = [];
  const start = () =>
    run({
      telemetry: noTelemetry,
      log: createLog("pager", "info", { write: (line) => void lines.push(line) }),
      env: { ...env, WATCHKEEPER_PAGER_SNAPSHOT_DIR: folder },
    });
  let close: (() => Promise<void>) | undefined;
  try {
    // Nothing says yet whom to page: that is for whoever starts it.
    await proxy.close();
    await expect(start()).rejects.toThrow(/^Cannot prepare the pager's database: connect ECONNREFUSED/);

    await proxy.open();
    close = await start();
    await until("the snapshot", async () => (await readSnapshot(folder)) ?? undefined);
    await close();
    await proxy.close();
    lines.length = 0;
    close = await start();
    const { httpPort, opsPort } = JSON.parse(lines.find((line) => line.includes('"listening"')) ?? "{}");
    const refused = await fetch(`http://127.0.0.1:${httpPort}/webhooks/alertmanager`, {
      method: "POST",
      body: new Uint8Array(webhookBody({ name: "AtStart", service: "at-start" })),
      headers: { authorization: `Bearer ${INGEST}` },
    });
    expect(refused.status).toBe(503);
    expect((await fetch(`http://127.0.0.1:${opsPort}/readyz`)).status).toBe(503);
    const told = async () =>
      (await messages("pagerduty")).filter(({ summary }) => summary.includes("AtStart"));
    const [page] = await until(
      "the page",
      async () => ((await told()).length > 0 ? await told() : undefined),
      10_000,
    );
    expect(page?.summary).toContain("DEGRADED");

    await proxy.open();
    await until("readiness", async () => (await fetch(`http://127.0.0.1:${opsPort}/readyz`)).ok || undefined);
    const incident = await until("the incident", async () =>
      (await open()).find(({ title }) => title.startsWith("AtStart")),
    );
    // What was sent meanwhile is taken up once the incident is there.
    await until("the page in its story", async () => {
      const { timeline } = (await (await get(`/api/incidents/${incident.id}`)).json()) as Incident;
      return timeline.some(({ kind }) => kind === "emergency-page") || undefined;
    });
    expect(await told()).toHaveLength(1);
    expect(lines.some((line) => line.includes("the engine has begun"))).toBe(true);
  } finally {
    await close?.();
    await rm(folder, { recursive: true });
  }
});

test("no log line names a secret", () => {
  for (const secret of [INGEST, API, ...Object.values(SECRETS)]) {
    expect(logLines.filter((line) => line.includes(secret))).toEqual([]);
  }
});
