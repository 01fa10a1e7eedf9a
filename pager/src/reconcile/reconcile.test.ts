import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestBed, type TestBed, webhookBody } from "../test-bed.ts";
import type { Upstream, UpstreamAlert } from "./alertmanager.ts";
import { reconcile } from "./reconcile.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let bed: TestBed;
let service = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  bed = await createTestBed(database.url, new Map());
});
afterAll(async () => {
  await bed.close();
  await database.drop();
});
beforeEach(async () => {
  await bed.database.query("test", "DELETE FROM alert");
  service += 1;
});

const now = async (): Promise<Date> =>
  (await bed.database.query<{ at: Date }>("test", "SELECT pager_now() AS at")).rows[0]?.at ?? new Date(0);
const upstreamAlert = (changes: Partial<UpstreamAlert> = {}): UpstreamAlert => ({
  fingerprint: `ServiceDown/s${service}/app-1`,
  labels: { alertname: "ServiceDown", service: `s${service}`, severity: "page", instance: "app-1" },
  annotations: { summary: "down" },
  startsAt: "2026-03-01T02:00:00Z",
  status: { state: "active" },
  ...changes,
});
const meet = async (alerts: readonly UpstreamAlert[], upSince = new Date(0)): Promise<void> => {
  const upstream: Upstream = { alerts, upSince };
  await reconcile(bed.database, bed.options.reach, bed.pagerMetrics, upstream);
};
const states = async (): Promise<string[]> => {
  const { rows } = await bed.database.query<{ line: string }>(
    "test",
    `SELECT concat_ws(' ', state, CASE WHEN suppressed_upstream THEN 'suppressed' END) AS line FROM incident
     WHERE service = $1 ORDER BY number`,
    [`s${service}`],
  );
  return rows.map(({ line }) => line);
};
const receive = (status: "firing" | "resolved" = "firing") =>
  bed.receive(webhookBody({ service: `s${service}`, status }));

test("an alert that fires in Alertmanager and that nobody told us of opens an incident, once", async () => {
  await meet([upstreamAlert()]);
  await meet([upstreamAlert()]);
  expect(await states()).toEqual(["triggered"]);
});

test("one that may still be on its way is left alone", async () => {
  const justNow = new Date((await now()).getTime() - 60_000).toISOString();
  await meet([upstreamAlert({ startsAt: justNow })]);
  expect(await states()).toEqual([]);
});

test("the Watchdog is no alert", async () => {
  await meet([upstreamAlert({ labels: { alertname: "Watchdog", service: `s${service}` } })]);
  expect(await states()).toEqual([]);
});

test("what Alertmanager has not known for five minutes is over", async () => {
  await receive();
  await meet([]);
  await bed.advance(4 * 60_000);
  await meet([]);
  expect(await states()).toEqual(["triggered"]);
  await bed.advance(60_000);
  await meet([]);
  expect(await states()).toEqual(["resolved"]);
});

test("absence counts from its last presence", async () => {
  await receive();
  await meet([]);
  await bed.advance(4 * 60_000);
  await meet([upstreamAlert()]);
  await bed.advance(4 * 60_000);
  await meet([]);
  expect(await states()).toEqual(["triggered"]);
});

test("an Alertmanager that has just started knows nothing and ends nothing", async () => {
  await receive();
  await meet([]);
  await bed.advance(6 * 60_000);
  await meet([], new Date((await now()).getTime() - 4 * 60_000));
  expect(await states()).toEqual(["triggered"]);
});

test("a firing alert that we took for resolved is open again", async () => {
  await receive();
  await receive("resolved");
  await bed.advance(3 * 60_000);
  await meet([upstreamAlert()]);
  expect(await states()).toEqual(["resolved", "triggered"]);
});

test("an incident that somebody resolved by hand is not opened again by an alert that is known to fire", async () => {
  await receive();
  await bed.database.query("test", "UPDATE incident SET state = 'resolved' WHERE service = $1", [
    `s${service}`,
  ]);
  await bed.advance(3 * 60_000);
  await meet([upstreamAlert()]);
  expect(await states()).toEqual(["resolved"]);
});

test("a silence in Alertmanager shows, and its end too", async () => {
  await receive();
  await meet([upstreamAlert({ status: { state: "suppressed" } })]);
  expect(await states()).toEqual(["triggered suppressed"]);
  await meet([upstreamAlert({ status: { state: "suppressed" } })]);
  expect(await states()).toEqual(["triggered suppressed"]);
  await meet([upstreamAlert()]);
  expect(await states()).toEqual(["triggered"]);
});
