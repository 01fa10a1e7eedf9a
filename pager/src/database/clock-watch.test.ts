import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Channel } from "../channels/channel.ts";
import type { Directory, Policy } from "../escalation/directory.ts";
import { fireDue } from "../escalation/fire.ts";
import { createTestBed, type TestBed, webhookBody } from "../test-bed.ts";
import { type ClockWatch, createClockWatch } from "./clock-watch.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const ntfy: Channel = {
  name: "ntfy",
  reaches: ["people"],
  showsUpdates: false,
  minIntervalMs: 0,
  budgetMs: () => 1_000,
  send: async () => ({ result: "sent", reference: null }),
};
const policy: Policy = {
  id: "only",
  levels: ["person:ada", "person:bo"].map((target) => ({ targets: [target], timeoutMs: 5 * MINUTE_MS })),
  repeat: 0,
  catchAll: [],
  acknowledgeTimeoutMs: null,
};
const directory: Directory = {
  policyFor: () => policy,
  policies: () => [policy],
  targetsAt: async (_queries, references) =>
    references.map((person) => ({
      person,
      name: person,
      contacts: [{ channel: "ntfy", address: person.replace(":", "-") }],
    })),
  spansOf: async () => [],
};

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let bed: TestBed;
/** Every replica's own clock; on one machine they are the same. */
let monotonicMs = 0;
let replicas: readonly ClockWatch[] = [];
let service = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  bed = await createTestBed(database.url, new Map([["ntfy", ntfy]]), directory);
});
afterAll(async () => {
  await bed.close();
  await database.drop();
});
beforeEach(async () => {
  service += 1;
  replicas = [0, 1].map(() => createClockWatch(bed.database, bed.options.log, () => monotonicMs));
  // The schema was made by the real clock, which the standing one is behind of.
  for (let n = 0; n < 4; n++) await pass(1_000);
});

const look = async (): Promise<void> => {
  await Promise.all(replicas.map((replica) => replica.look()));
};
/** Time as it passes when no clock is touched. */
async function pass(ms: number): Promise<void> {
  monotonicMs += ms;
  await bed.advance(ms);
  await look();
}
const fire = async (): Promise<number> => {
  while (await fireDue({ ...bed.options }));
  const { rows } = await bed.database.query<{ count: number }>(
    "test",
    `SELECT count(*)::integer FROM escalation_fired f JOIN incident i ON i.id = f.incident_id WHERE service = $1`,
    [`s${service}`],
  );
  return rows[0]?.count ?? 0;
};
const steps = async (): Promise<number> =>
  (await bed.database.query<{ steps: number }>("test", "SELECT steps FROM clock_watch")).rows[0]?.steps ?? 0;

test("a level whose wait began before the clock was set back fires when its wait is over", async () => {
  await bed.receive(webhookBody({ service: `s${service}` }));
  expect(await fire()).toBe(1);
  await pass(4 * MINUTE_MS);
  await bed.advance(-HOUR_MS);
  const before = await steps();
  await look();
  expect(await steps()).toBe(before + 1);
  expect(await fire()).toBe(1);
  await pass(MINUTE_MS);
  expect(await fire()).toBe(2);
});

test("a person who was paged three times before the clock was set back is paged again a minute later", async () => {
  for (let n = 0; n < 4; n++) await bed.receive(webhookBody({ service: `s${service}`, name: `Alert${n}` }));
  await fire();
  const waiting = async (): Promise<number> =>
    (await bed.database.query("test", "SELECT 1 FROM notification WHERE state = 'waiting'")).rows.length;
  expect(await waiting()).toBe(1);
  await bed.advance(-HOUR_MS);
  await look();
  await pass(61_000);
  await fire();
  expect(await waiting()).toBe(0);
});

test("a body that waits and a message that was to leave are not held up", async () => {
  await bed.receive(webhookBody({ service: `s${service}` }));
  await fire();
  await bed.advance(-HOUR_MS);
  await look();
  const dispatcher = bed.dispatcher();
  expect(await dispatcher.dispatch()).toBeGreaterThan(0);
  await dispatcher.idle();
});

test("several steps are each moved once, whoever sees them", async () => {
  await bed.receive(webhookBody({ service: `s${service}` }));
  await fire();
  const before = await steps();
  for (let n = 0; n < 3; n++) {
    await bed.advance(-10 * MINUTE_MS);
    await look();
    await pass(MINUTE_MS);
  }
  expect(await steps()).toBe(before + 3);
  expect(await fire()).toBe(1);
  await pass(2 * MINUTE_MS);
  expect(await fire()).toBe(2);
});

test("a clock that goes on, or was set forward, moves nothing", async () => {
  const before = await steps();
  await pass(MINUTE_MS);
  await bed.advance(HOUR_MS);
  await look();
  await pass(500);
  expect(await steps()).toBe(before);
});

test("a question that took long is no step", async () => {
  let asked = 0;
  // Three seconds pass between a question and its answer, none between an answer and the next question.
  const slowly = () => Math.ceil(asked++ / 2) * 3_000;
  const slow = createClockWatch(bed.database, bed.options.log, slowly);
  const before = await steps();
  for (let n = 0; n < 3; n++) await slow.look();
  expect(await steps()).toBe(before);
});

test("a pager that starts after the clock was set back moves what waits by as much as it knows", async () => {
  await bed.receive(webhookBody({ service: `s${service}` }));
  await fire();
  await pass(11_000);
  await bed.advance(-HOUR_MS);
  const before = await steps();
  const fresh = createClockWatch(bed.database, bed.options.log, () => monotonicMs);
  // It waits for one that was there when it happened, and then does it itself.
  for (let n = 0; n < 3; n++) await fresh.look();
  expect(await steps()).toBe(before);
  await fresh.look();
  expect(await steps()).toBe(before + 1);
  await look();
  expect(await steps()).toBe(before + 1);
  await pass(5 * MINUTE_MS - 11_000);
  expect(await fire()).toBe(2);
});
