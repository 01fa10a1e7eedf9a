import { until } from "@watchkeeper/testing/poll";
import { createTestRedis } from "@watchkeeper/testing/redis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp, type TestApp } from "../test-app.ts";
import { asOwner, createDirectoryDatabase, type DirectoryDatabase } from "../test-database.ts";
import { createUsageStore } from "./store.ts";

let database: DirectoryDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDirectoryDatabase();
  app = await startTestApp({ database, redisUrl: (await createTestRedis()).url });
});
afterAll(async () => {
  await app?.close();
  await database?.drop();
});

const stored = () =>
  asOwner(database, "SELECT kind, tenant_id, user_id, term, subject_id FROM usage_event ORDER BY at, kind");

test("what people do is stored with whose it is, and what goes wrong is not", async () => {
  const tenant = app.tenants[2];
  const admin = tenant?.employees.find(({ role }) => role === "admin");
  const other = tenant?.employees[1];
  if (!tenant || !admin || !other) throw new Error("the demo data lacks somebody");
  const token = await app.logIn(admin.email);
  await app.ask("/api/employees?q=%20ENGINEERING%20%20software", { token });
  await app.ask("/api/employees?q=zzzzqqqqxxxx", { token });
  await app.ask("/api/employees", { token });
  await app.ask(`/api/employees/${other.id}`, { token });
  await app.ask("/api/employees/00000000-0000-4000-8000-000000000000", { token });
  await app.ask(`/api/employees/${other.id}`, {
    method: "PATCH",
    token,
    json: { version: 1, phone: "+1 555 0100" },
  });
  await app.ask(`/api/employees/${other.id}`, {
    method: "PATCH",
    token,
    json: { version: 1, phone: "+1 555 0101" },
  });
  await app.ask("/api/login", {
    method: "POST",
    json: { tenant: tenant.slug, email: admin.email, password: "wrong" },
  });
  const mine = { tenant_id: tenant.id, user_id: admin.id, term: null, subject_id: null };
  const events = await until("all events", async () => {
    const rows = await stored();
    return rows.length >= 6 ? rows : undefined;
  });
  expect(events).toEqual([
    { ...mine, kind: "login" },
    { ...mine, kind: "search", term: "engineering software" },
    { ...mine, kind: "empty_search", term: "zzzzqqqqxxxx" },
    { ...mine, kind: "search" },
    { ...mine, kind: "profile_view", subject_id: other.id },
    { ...mine, kind: "profile_update", subject_id: other.id },
  ]);
});

test("the app writes what people do, and cannot read it", async () => {
  await expect(app.database.query("test", "SELECT kind FROM usage_event")).rejects.toThrow(
    "permission denied",
  );
});

test("a batch that is stored again changes nothing", async () => {
  const store = createUsageStore(app.database);
  const tenantId = app.tenants[0]?.id ?? "";
  const batch = {
    key: "11111111-1111-4111-8111-111111111111",
    events: [{ kind: "login", tenantId, userId: tenantId, atMs: Date.now() }],
  } as const;
  const before = (await stored()).length;
  await store(batch);
  await store(batch);
  expect(await stored()).toHaveLength(before + 1);
});

const report = (json: unknown, headers: Record<string, string> = {}) =>
  app.ask("/usage/page-load", { method: "POST", json, headers });

test("browsers of visitors tell how long the page took; what makes no sense is refused", async () => {
  expect((await app.ask("/usage/page-load.js")).body).toContain("sendBeacon");
  expect((await report({ first_byte: 120, largest_paint: 1_900.5 })).status).toBe(204);
  expect((await report({ loaded: 900 }, { "content-type": "text/plain;charset=UTF-8" })).status).toBe(204);
  for (const wrong of [
    {},
    { loaded: -1 },
    { loaded: 1e9 },
    { loaded: "1" },
    { path: "/secret" },
    null,
    [1],
  ]) {
    expect((await report(wrong)).status, JSON.stringify(wrong)).toBe(400);
  }
  expect((await report({ loaded: 1, padding: "x".repeat(2_000) })).status).toBe(413);
  expect((await report({ loaded: 1 }, { "sec-fetch-site": "cross-site" })).status).toBe(403);
  const text = await app.metrics.registry.metrics();
  expect(text).toContain('page_load_duration_seconds_bucket{le="2.5",page_phase="largest_paint"} 1');
  expect(text).toContain('page_load_duration_seconds_count{page_phase="loaded"} 1');
});

test("somebody who plays with the figures is held back", async () => {
  const answers = await Promise.all(Array.from({ length: 300 }, () => report({ loaded: 1 })));
  const statuses = answers.map(({ status }) => status);
  expect(statuses).toContain(429);
  expect(statuses.filter((status) => status === 204).length).toBeLessThan(260);
});
