import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Inbox } from "@watchkeeper/inbox/server";
import { startTestInbox } from "@watchkeeper/inbox/test-inbox";
import { until } from "@watchkeeper/testing/poll";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createChannels } from "./channels/channels.ts";
import { type Engine, startEngine } from "./engine.ts";
import { expireAlerts } from "./incidents/expire.ts";
import { storeBody } from "./ingest/store.ts";
import { createTestBed, standInChannels, type TestBed, webhookBody } from "./test-bed.ts";

let inbox: Inbox;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let bed: TestBed;
const engines: Engine[] = [];

const received = async (): Promise<
  readonly { content: { duplicateOf?: number; idempotencyKey: string } }[]
> => {
  const answer = await fetch(`http://127.0.0.1:${inbox.httpPort}/api/messages?channel=webhook`);
  return ((await answer.json()) as { messages: never[] }).messages;
};
const misbehave = (mode: string) =>
  fetch(`http://127.0.0.1:${inbox.httpPort}/api/faults/webhook`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ mode }),
  });

beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.close());
beforeEach(async () => {
  await misbehave("ok");
  await fetch(`http://127.0.0.1:${inbox.httpPort}/api/messages`, { method: "DELETE" });
  database = await createTestDatabase();
  const { webhook } = standInChannels(inbox);
  bed = await createTestBed(database.url, {
    slack: undefined,
    email: undefined,
    pagerduty: undefined,
    webhook,
  });
});
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
  await bed.close();
  await database.drop();
});

const start = (extra: Partial<Parameters<typeof startEngine>[0]> = {}): Engine => {
  const engine = startEngine({ ...bed.options, ...extra });
  engines.push(engine);
  return engine;
};

/** A statement that the runbook tells people to run. */
function fromRunbook(verb: "SELECT" | "UPDATE"): string {
  const page = new URL("../../docs/runbooks/generated/PagerUnreadableAlert.md", import.meta.url);
  const statement = new RegExp(`\`(${verb} [^\`]*)\``).exec(readFileSync(page, "utf8"))?.[1];
  if (!statement) throw new Error(`the runbook has no ${verb}`);
  return statement;
}

test("two engines on one database share the work, and everything is done exactly once", async () => {
  // The database's real clock: what spaces messages must be seen to pass.
  await bed.database.query(
    "test",
    "CREATE OR REPLACE FUNCTION pager_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT now()'",
  );
  const workers = new Map<string, Set<string>>();
  for (const name of ["one", "two"]) {
    const seen = new Set<string>();
    workers.set(name, seen);
    start({
      checkpoint: (point, claim) => void (point === "claimed" && claim && seen.add(claim.deliveryId)),
    });
  }
  // As many as are no storm yet.
  const incidents = 10;
  const bodies = Array.from({ length: incidents }, (_, n) => webhookBody({ name: `Alert${n}` }));
  // Every body comes twice, as from a pair of Alertmanagers.
  await Promise.all([...bodies, ...bodies].map((body) => storeBody(bed.database, "alertmanager", body)));
  await until(
    "all messages",
    async () => ((await received()).length >= incidents ? true : undefined),
    20_000,
  );
  const keys = (await received()).map(({ content }) => content.idempotencyKey);
  expect(new Set(keys).size).toBe(incidents);
  expect(keys).toHaveLength(incidents);
  const [one, two] = [...workers.values()].map((seen) => seen.size);
  expect([(one ?? 0) + (two ?? 0), Math.min(one ?? 0, two ?? 0) > 0]).toEqual([incidents, true]);
  const { rows } = await bed.database.query("test", "SELECT DISTINCT state FROM inbox");
  expect(rows).toEqual([{ state: "processed" }]);
  expect(await bed.metrics.registry.metrics()).toContain(
    'watchkeeper_pager_webhooks_total{inbox_result="accepted"} 20\n',
  );
});

test("an engine that is told to end gives back what it was sending, to be tried by the next one", async () => {
  await misbehave("hang");
  const engine = start();
  await storeBody(bed.database, "alertmanager", webhookBody({}));
  engine.wake();
  await until("the attempt", async () => {
    const { rowCount } = await bed.database.query("test", "SELECT 1 FROM delivery_attempt");
    return rowCount ? true : undefined;
  });
  const began = performance.now();
  await engine.close();
  expect(performance.now() - began).toBeLessThan(3_500);
  expect(await bed.deliveries()).toEqual(["webhook announce ambiguous"]);
  await misbehave("ok");
  await bed.settle();
  expect(await received()).toHaveLength(1);
});

test("a body that tells of a P0 is read before the flood that came earlier", async () => {
  for (let n = 0; n < 3; n++) {
    await storeBody(bed.database, "alertmanager", webhookBody({ name: `Flood${n}`, severity: "info" }));
  }
  await bed.receive(webhookBody({ name: "Worst", severity: "P0" }));
  const { rows } = await bed.database.query("test", "SELECT alertname FROM incident ORDER BY number");
  expect(rows.map(({ alertname }) => alertname)).toEqual(["Worst", "Flood0", "Flood1", "Flood2"]);
});

test("alerts that Alertmanager left out of its message are counted, shown and asked for", async () => {
  const there = [{ name: "Shown" }, { name: "LeftOut" }].map(({ name }) => ({
    fingerprint: `${name}/app/app-1`,
    labels: { alertname: name, service: "app", severity: "page", instance: "app-1" },
    startsAt: "2026-03-01T02:59:30Z",
    status: { state: "active" },
  }));
  const alertmanager = createServer((request, response) => {
    const isStatus = request.url?.startsWith("/api/v2/status");
    response.end(JSON.stringify(isStatus ? { uptime: "2026-03-01T02:00:00Z" } : there));
  }).listen(0, "127.0.0.1");
  try {
    await once(alertmanager, "listening");
    const { port } = alertmanager.address() as AddressInfo;
    const engine = start({ alertmanager: { urls: [`http://127.0.0.1:${port}`], receiver: "pager" } });
    const body = JSON.parse(webhookBody({ name: "Shown" }).toString());
    const truncated = Buffer.from(JSON.stringify({ ...body, truncatedAlerts: 1 }));
    for (let n = 0; n < 2; n++) await storeBody(bed.database, "alertmanager", truncated);
    engine.wake();
    const rows = async () =>
      (
        await bed.database.query(
          "test",
          `SELECT alertname, (SELECT count(*)::integer FROM incident_event e WHERE e.incident_id = i.id
             AND e.kind = 'left-out') AS said FROM incident i ORDER BY number`,
        )
      ).rows;
    const found = await until("both", async () => ((await rows()).length === 2 ? rows() : undefined));
    expect(found).toEqual([
      { alertname: "Shown", said: 1 },
      { alertname: "LeftOut", said: 0 },
    ]);
    expect(await bed.metrics.registry.metrics()).toContain(
      'watchkeeper_pager_reconciled_total{reconcile_result="left_out"} 2\n',
    );
  } finally {
    alertmanager.closeAllConnections();
    alertmanager.close();
  }
});

test("a body that the database refuses again and again is kept, people are told, and their runbook helps", async () => {
  await bed.database.query(
    "test",
    "ALTER TABLE alert ADD CONSTRAINT test CHECK (fingerprint NOT LIKE 'Poison%')",
  );
  await bed.receive(webhookBody({ name: "Poison" }));
  await bed.receive(webhookBody({ name: "Fine" }));
  for (let attempt = 0; attempt < 5; attempt++) {
    await bed.advance(32_000);
    await bed.receive(webhookBody({ name: "Watchdog" }));
  }
  const { rows } = await bed.database.query("test", "SELECT failures, state FROM inbox ORDER BY id LIMIT 2");
  expect(rows).toEqual([
    { failures: 5, state: "quarantined" },
    { failures: 0, state: "processed" },
  ]);
  const incidents = async () =>
    (await bed.database.query("test", "SELECT alertname, runbook_url FROM incident ORDER BY number")).rows;
  const runbook = `${bed.options.consoleUrl}/runbooks/PagerUnreadableAlert`;
  expect(await incidents()).toMatchObject([
    { alertname: "Fine" },
    { alertname: "PagerUnreadableAlert", runbook_url: runbook },
  ]);

  const kept = await bed.database.query<{ id: string; body: string }>("test", fromRunbook("SELECT"));
  expect(kept.rows).toMatchObject([{ failures: 5, body: expect.stringContaining('"alertname":"Poison"') }]);
  await bed.database.query("test", "ALTER TABLE alert DROP CONSTRAINT test");
  await bed.database.query("test", fromRunbook("UPDATE").replace("<id>", kept.rows[0]?.id ?? ""));
  await bed.advance(60_000);
  await bed.receive(webhookBody({ name: "Watchdog" }));
  expect((await incidents()).map(({ alertname }) => alertname)).toContain("Poison");
});

test("the complaint about an unreadable body ends when no other came for an hour", async () => {
  await bed.receive(Buffer.from("{"));
  await bed.advance(59 * 60_000);
  await expireAlerts(bed.database, bed.options.reach);
  const states = async () => (await bed.database.query("test", "SELECT state FROM incident")).rows;
  expect(await states()).toEqual([{ state: "triggered" }]);
  await bed.advance(60_000);
  await expireAlerts(bed.database, bed.options.reach);
  expect(await states()).toEqual([{ state: "resolved" }]);
});

test("half a channel's failure stays with that channel: one that throws is tried again", async () => {
  const channels = createChannels(
    { slack: undefined, email: undefined, pagerduty: undefined, webhook: standInChannels(inbox).webhook },
    "x",
  );
  const webhook = channels.get("webhook");
  if (!webhook) throw new Error("no webhook");
  let thrown = 0;
  const moody = {
    ...webhook,
    send: (...args: Parameters<typeof webhook.send>) => {
      if (thrown++ === 0) throw new Error("a bug");
      return webhook.send(...args);
    },
  };
  await bed.receive(webhookBody({}));
  await bed.settle(bed.dispatcher({ channels: new Map([["webhook", moody]]) }));
  expect(await received()).toHaveLength(1);
  expect(thrown).toBe(2);
});
