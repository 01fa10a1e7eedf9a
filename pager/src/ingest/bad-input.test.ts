import { randomBytes } from "node:crypto";
import type { Inbox } from "@watchkeeper/inbox/server";
import { startTestInbox } from "@watchkeeper/inbox/test-inbox";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestBed, standInChannels, type TestBed, webhookBody } from "../test-bed.ts";

let inbox: Inbox;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let bed: TestBed;

beforeAll(async () => {
  inbox = await startTestInbox();
  database = await createTestDatabase();
  bed = await createTestBed(database.url, standInChannels(inbox));
});
afterAll(async () => {
  await bed.close();
  await inbox.close();
  await database.drop();
});
beforeEach(async () => {
  await fetch(`http://127.0.0.1:${inbox.httpPort}/api/messages`, { method: "DELETE" });
  await bed.database.query("test", "TRUNCATE inbox");
  await bed.database.query("test", "UPDATE incident SET state = 'resolved'");
  await bed.database.query("test", "UPDATE delivery SET state = 'superseded'");
  await bed.database.query("test", "DELETE FROM alert");
  await bed.advance(10 * 60_000);
});

const open = async (): Promise<readonly { alertname: string; service: string }[]> =>
  (
    await bed.database.query<{ alertname: string; service: string }>(
      "test",
      "SELECT left(alertname, 50) AS alertname, service FROM incident WHERE state <> 'resolved' ORDER BY number",
    )
  ).rows;
const waiting = async (): Promise<number> =>
  (await bed.database.query("test", "SELECT 1 FROM inbox WHERE state = 'pending'")).rows.length;

/** An alert as Alertmanager writes it, with something wrong in it. */
const bodyWith = (change: (alert: Record<string, unknown>) => void, ...more: readonly unknown[]): Buffer => {
  const body = JSON.parse(webhookBody({ name: "Changed" }).toString());
  change(body.alerts[0]);
  body.alerts.push(...more);
  return Buffer.from(JSON.stringify(body));
};
const sound = JSON.parse(webhookBody({ name: "Sound" }).toString()).alerts[0];
/** So that nothing compresses it. */
const random = (bytes: number): string => randomBytes(bytes / 2).toString("hex");

test("labels and annotations of ten megabytes open an incident that every channel can tell of", async () => {
  const name = `Huge${random(10_000_000)}`;
  const body = bodyWith((alert) => {
    Object.assign(alert.labels as object, { alertname: name, pod: random(10_000_000) });
    Object.assign(alert.annotations as object, { description: random(10_000_000) });
  }, sound);
  await bed.receive(body);
  expect(await open()).toEqual([
    { alertname: name.slice(0, 50), service: "app" },
    { alertname: "Sound", service: "app" },
  ]);
  await bed.settle();
  expect((await bed.deliveries()).filter((line) => line.includes("announce sent"))).toHaveLength(8);
  const { rows } = await bed.database.query<{ length: number }>(
    "test",
    "SELECT max(length(labels::text))::integer AS length FROM alert",
  );
  expect(rows[0]?.length).toBeLessThan(50_000);
});

test("names that are too long for an index are told apart", async () => {
  const long = random(20_000);
  for (const end of ["a", "b", "a"]) {
    await bed.receive(
      bodyWith((alert) => {
        Object.assign(alert.labels as object, { service: `${long.slice(0, 15_000)}${end}` });
        alert.fingerprint = end;
      }),
    );
  }
  expect(await open()).toHaveLength(2);
});

test.each<[string, (alert: Record<string, unknown>) => void]>([
  ["labels that nest a thousand deep", (alert) => Object.assign(alert, { labels: nested(1_000) })],
  ["a list of labels", (alert) => Object.assign(alert, { labels: [["alertname", "X"]] })],
  ["a status that nobody knows", (alert) => Object.assign(alert, { status: "FIRING" })],
  ["a start that is a number", (alert) => Object.assign(alert, { startsAt: 1_700_000_000 })],
  ["no start at all", (alert) => delete alert.startsAt],
  ["a fingerprint without end", (alert) => Object.assign(alert, { fingerprint: random(1_000) })],
])(
  "%s page as an unreadable alert, and the sound one beside it opens its own incident",
  async (_, change) => {
    await bed.receive(bodyWith(change, sound));
    expect((await open()).map(({ alertname }) => alertname).sort()).toEqual([
      "PagerUnreadableAlert",
      "Sound",
    ]);
    expect(await waiting()).toBe(0);
  },
);

function nested(depth: number): unknown {
  return JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);
}

test("numbers and truth values where texts belong, and texts where numbers belong, are read", async () => {
  const body = JSON.parse(
    bodyWith((alert) => {
      Object.assign(alert.labels as object, { tries: 3, fatal: true });
      Object.assign(alert.annotations as object, { value: 1.5 });
    }).toString(),
  );
  await bed.receive(Buffer.from(JSON.stringify({ ...body, truncatedAlerts: "0", version: 4 })));
  expect((await open()).map(({ alertname }) => alertname)).toEqual(["Changed"]);
  const { rows } = await bed.database.query<{ labels: unknown }>("test", "SELECT labels FROM alert");
  expect(rows[0]?.labels).toMatchObject({ tries: "3", fatal: "true" });
});

test("labels of evil names are labels", async () => {
  const body = webhookBody({ name: "Evil" }).toString().replace('"owner":', '"__proto__":"x","constructor":');
  await bed.receive(Buffer.from(body));
  expect((await open()).map(({ alertname }) => alertname)).toEqual(["Evil"]);
});

test("whatever a body with the right token says, it becomes an incident, a sign of life or nothing at all", async () => {
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.json(),
  );
  const labels = fc.dictionary(
    fc.oneof(fc.constantFrom("alertname", "severity", "service"), fc.string({ unit: "binary" })),
    value,
  );
  const alert = fc.record(
    {
      status: fc.constantFrom("firing", "resolved", "gone"),
      labels,
      annotations: labels,
      startsAt: fc.constantFrom(
        "2026-03-01T02:59:30Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "now",
        5,
      ),
      endsAt: fc.constantFrom("2026-03-01T02:59:31Z", "", null),
      fingerprint: fc.oneof(fc.string({ unit: "binary" }), fc.constant(undefined)),
    },
    { requiredKeys: [] },
  );
  const body = fc.record({ alerts: fc.array(alert, { maxLength: 4 }), truncatedAlerts: value });
  await fc.assert(
    fc.asyncProperty(body, async (drafts) => {
      await bed.receive(Buffer.from(JSON.stringify(drafts)));
      // Nothing that the database refuses: it is read, or it is complained about at once.
      expect(await waiting()).toBe(0);
    }),
    { numRuns: 60 },
  );
});
