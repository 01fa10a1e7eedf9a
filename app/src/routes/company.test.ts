import { createTestRedis } from "@watchkeeper/testing/redis";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Role } from "../role.ts";
import { startTestApp, type TestApp } from "../test-app.ts";
import { createDirectoryDatabase, type DirectoryDatabase } from "../test-database.ts";

let database: DirectoryDatabase;
let app: TestApp;
const tokens = new Map<Role, string>();
const token = (role: Role): string => tokens.get(role) ?? "";

beforeAll(async () => {
  database = await createDirectoryDatabase();
  app = await startTestApp({ database, redisUrl: (await createTestRedis()).url });
  const people = app.tenants[0]?.employees ?? [];
  for (const role of ["user", "manager", "admin", "super_admin"] as const) {
    tokens.set(role, await app.logIn(people.find((person) => person.role === role)?.email ?? ""));
  }
});
afterAll(async () => {
  await app?.close();
  await database?.drop();
});

const tenant = (role: Role = "user") => app.ask("/api/tenant", { token: token(role) });
const change = (role: Role, json: object) =>
  app.ask("/api/tenant", { method: "PATCH", token: token(role), json });

test("everybody sees the company's settings, and a change by an admin at once", async () => {
  expect((await tenant()).body).toMatchObject({ slug: "northlight", selfService: true, version: 1 });
  expect(
    (await change("admin", { version: 1, name: "Northlight AG", selfService: false })).body,
  ).toMatchObject({
    name: "Northlight AG",
    selfService: false,
    version: 2,
  });
  expect((await tenant()).body).toMatchObject({ name: "Northlight AG", version: 2 });
  expect((await app.ask("/api/me", { token: token("user") })).body.tenant.name).toBe("Northlight AG");
});

test("users and managers do not change the settings, nor an admin who has not seen the last change", async () => {
  for (const role of ["user", "manager"] as const) {
    expect(await change(role, { version: 2, name: "Mine" })).toMatchObject({
      status: 403,
      body: { code: "forbidden" },
    });
  }
  expect(await change("admin", { version: 1, selfService: true })).toMatchObject({
    status: 409,
    body: {
      code: "version_conflict",
      currentVersion: 2,
      changes: [{ field: "name" }, { field: "selfService", to: false }],
    },
  });
  for (const json of [{}, { version: 2 }, { version: 2, slug: "x" }, { version: 2, selfService: "yes" }]) {
    expect(await change("admin", json)).toMatchObject({ status: 400, body: { code: "invalid_input" } });
  }
});

const audit = (role: Role, query = "") => app.ask(`/api/audit${query}`, { token: token(role) });

test("admins read what was changed, by whom, newest first and page by page; others do not", async () => {
  await change("admin", { version: 2, name: "Northlight Health", selfService: true });
  for (const role of ["user", "manager"] as const) expect((await audit(role)).status).toBe(403);
  const { body } = await audit("admin", "?limit=1");
  const [newest] = body.entries;
  expect(newest).toMatchObject({
    action: "update",
    entity: "tenant",
    version: 3,
    changes: [
      { field: "name", from: "Northlight AG", to: "Northlight Health" },
      { field: "selfService", from: false, to: true },
    ],
  });
  expect(newest.actor.name).toEqual(expect.any(String));
  const next = await audit("admin", `?limit=1&cursor=${body.nextCursor}`);
  expect(next.body.entries[0].version).toBe(2);
  expect((await audit("admin", `?entityId=${newest.entityId}`)).body.entries).toHaveLength(2);
  const elsewhere = await audit("admin", `?entityId=${newest.entityId}&cursor=${body.nextCursor}`);
  expect(elsewhere).toMatchObject({ status: 400, body: { code: "invalid_cursor" } });
  expect(JSON.stringify(body)).not.toMatch(/password|vector|search_text/);
});

const opened = {
  slug: "newcomer",
  name: "Newcomer Ltd",
  admin: { name: "Ada First", email: "ada@newcomer.example", password: "a long password" },
};
const open = (role: Role, json: object = opened) =>
  app.ask("/api/tenants", { method: "POST", token: token(role), json });

test("a super admin opens a company whose admin signs in and sees nobody else; others do not", async () => {
  for (const role of ["user", "manager", "admin"] as const) {
    expect((await open(role)).status).toBe(403);
    expect((await app.ask("/api/tenants", { token: token(role) })).status).toBe(403);
  }
  expect((await open("super_admin")).status).toBe(201);
  expect(await open("super_admin")).toMatchObject({ status: 409, body: { code: "duplicate_tenant" } });
  const { body } = await app.ask("/api/tenants", { token: token("super_admin") });
  expect(
    body.tenants.map(({ slug, people }: { slug: string; people: number }) => [slug, people]),
  ).toContainEqual(["newcomer", 1]);
  const json = { tenant: "newcomer", email: opened.admin.email, password: opened.admin.password };
  const login = await app.ask("/api/login", { method: "POST", json });
  const list = await app.ask("/api/employees", { token: login.body.token });
  expect(list.body.employees.map(({ name }: { name: string }) => name)).toEqual(["Ada First"]);
  expect((await app.ask("/api/tenants", { token: login.body.token })).status).toBe(403);
});

test.each([
  { slug: "Bad Slug" },
  { slug: "1st" },
  { admin: { ...opened.admin, password: "short" } },
  { extra: 1 },
])("a company of %j is not opened", async (wrong) => {
  expect(await open("super_admin", { ...opened, slug: "another", ...wrong })).toMatchObject({
    status: 400,
    body: { code: "invalid_input" },
  });
});
