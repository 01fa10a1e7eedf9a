import { parseExposition } from "@watchkeeper/exporters/exposition";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { createTestRedis } from "@watchkeeper/testing/redis";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { DemoEmployee } from "../demo/people.ts";
import { startTestApp, type TestApp } from "../test-app.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let app: TestApp;
let people: readonly DemoEmployee[];
let member: DemoEmployee;
let manager: DemoEmployee;
let admin: DemoEmployee;
let stranger: DemoEmployee;
let tokens: Record<"member" | "manager" | "admin" | "stranger", string>;

const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error("the demo data lacks somebody");
  return value;
};

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startTestApp({ databaseUrl: database.url, redisUrl: (await createTestRedis()).url });
  people = must(app.tenants[2]).employees;
  const isOrdinary = ({ role, department }: DemoEmployee): boolean =>
    role === "member" && department === "Engineering";
  member = must(people.filter(isOrdinary).at(-1));
  manager = must(people.find(({ id }) => id === member.managerId));
  admin = must(people.find(({ role }) => role === "admin"));
  stranger = must(must(app.tenants[0]).employees.find(({ role }) => role === "admin"));
  const emails = [member, manager, admin, stranger].map(({ email }) => app.logIn(email));
  const [m = "", g = "", a = "", s = ""] = await Promise.all(emails);
  tokens = { member: m, manager: g, admin: a, stranger: s };
});

/** Sessions stay; what any test has put into the caches goes. */
beforeEach(() =>
  app.redis.ask(async (client) => {
    const keys = await client.keys("directory:*");
    const cached = keys.filter((key) => /^directory:(profile|search|tenant_config):/.test(key));
    if (cached.length > 0) await client.del(cached);
  }),
);
afterAll(async () => {
  await app?.close();
  await database?.drop();
});

const search = (query: string, token = tokens.member) => app.ask(`/api/employees?${query}`, { token });
const read = (id: string, token = tokens.member) => app.ask(`/api/employees/${id}`, { token });
const change = (id: string, token: string, json: object) =>
  app.ask(`/api/employees/${id}`, { method: "PATCH", token, json });

const value = async (name: string, labels: Record<string, string>): Promise<number> => {
  const samples = parseExposition(await app.metrics.registry.metrics()).flatMap((family) => family.samples);
  const matches = (sample: (typeof samples)[number]): boolean =>
    sample.name === name &&
    Object.entries(labels).every(([label, wanted]) => sample.labels[label] === wanted);
  return samples.find(matches)?.value ?? 0;
};

test.each(["/api/employees", "/api/employees/x", "/api/me"])(
  "%s without a session is refused",
  async (path) => {
    expect(await app.ask(path)).toMatchObject({ status: 401, body: { error: { code: "unauthenticated" } } });
  },
);

test("a search finds all words in any field, in the order of names", async () => {
  const { body } = await search("q=ENGINEERING%20software&limit=50");
  const expected = people.filter(
    ({ department, title }) => department === "Engineering" && /software/i.test(title),
  );
  expect(body.employees.length).toBe(Math.min(50, expected.length));
  const ids = new Set(expected.map(({ id }) => id));
  expect(body.employees.every(({ id }: DemoEmployee) => ids.has(id))).toBe(true);
  expect(Object.keys(body.employees[0]).sort()).toEqual([
    "department",
    "email",
    "id",
    "location",
    "name",
    "title",
  ]);
});

test("the pages of a search together are everybody, once", async () => {
  const seen: string[] = [];
  for (let offset: number | null = 0; offset !== null; ) {
    const { body } = await search(`limit=50&offset=${offset}`);
    seen.push(...body.employees.map(({ id }: DemoEmployee) => id));
    offset = body.nextOffset;
  }
  expect(seen.sort()).toEqual(people.map(({ id }) => id).sort());
});

test.each(["%25", "_", "\\", "%00", "'; DROP TABLE employee; --", "zz%25"])(
  "the search term %s is text",
  async (q) => {
    const answer = await search(`q=${q.startsWith("%") ? q : encodeURIComponent(q)}`);
    expect(answer.status).toBe(200);
    if (q !== "%00") expect(answer.body).toEqual({ employees: [], nextOffset: null });
  },
);

test.each(["limit=51", "limit=0", "limit=x", "offset=-1", "offset=1001", `q=${"x".repeat(101)}`, "q=a&q=b"])(
  "a search with %s is refused",
  async (query) => {
    expect(await search(query)).toMatchObject({ status: 400, body: { error: { code: "invalid_input" } } });
  },
);

test("searches are counted by what they found, and repeated ones come from the cache", async () => {
  const before = await Promise.all([
    value("employee_search_queries_total", { search_result: "found" }),
    value("employee_search_queries_total", { search_result: "empty" }),
    value("cache_hits_total", { cache: "search" }),
    value("database_query_duration_seconds_count", { query: "employee_search" }),
  ]);
  const first = await search("q=finance");
  expect((await search("q=FINANCE%20")).body).toEqual(first.body);
  await search("q=nobody-at-all");
  const after = await Promise.all([
    value("employee_search_queries_total", { search_result: "found" }),
    value("employee_search_queries_total", { search_result: "empty" }),
    value("cache_hits_total", { cache: "search" }),
    value("database_query_duration_seconds_count", { query: "employee_search" }),
  ]);
  expect(after.map((count, i) => count - (before[i] ?? 0))).toEqual([2, 1, 1, 2]);
});

test("a profile has its manager, and is read from the database once", async () => {
  const before = await value("database_query_duration_seconds_count", { query: "employee_find" });
  const first = await read(member.id);
  expect(first).toMatchObject({
    status: 200,
    body: { id: member.id, name: member.name, manager: { id: manager.id, name: manager.name } },
  });
  expect(first.body).not.toHaveProperty("password_hash");
  expect((await read(member.id.toUpperCase())).body).toEqual(first.body);
  expect(await value("database_query_duration_seconds_count", { query: "employee_find" })).toBe(before + 1);
});

test("people change their own contact data, and everybody sees it at once", async () => {
  const { body } = await read(member.id);
  await search(`q=${encodeURIComponent(member.email)}`);
  const json = { version: body.version, phone: "+1 555 0123", location: "Atlantis" };
  const updated = await change(member.id, tokens.member, json);
  expect(updated).toMatchObject({
    status: 200,
    body: { phone: "+1 555 0123", location: "Atlantis", title: member.title, version: body.version + 1 },
  });
  expect((await read(member.id, tokens.admin)).body).toEqual(updated.body);
  const found = await search(`q=${encodeURIComponent(member.email)}`);
  expect(found.body.employees[0].location).toBe("Atlantis");
});

test("title and department are changed by the manager or an admin, not by oneself or others", async () => {
  const version = async (): Promise<number> => (await read(member.id, tokens.admin)).body.version;
  const json = { title: "Staff Engineer" };
  expect((await change(member.id, tokens.member, { version: await version(), ...json })).status).toBe(403);
  expect((await change(member.id, tokens.manager, { version: await version(), ...json })).status).toBe(200);
  expect((await change(member.id, tokens.admin, { version: await version(), ...json })).status).toBe(200);
  const managers = (await read(manager.id)).body;
  expect((await change(manager.id, tokens.member, { version: managers.version, phone: "1" })).status).toBe(
    403,
  );
});

test("an update that has not seen the last one is refused, and of two at once one wins", async () => {
  const { version } = (await read(member.id)).body;
  const both = await Promise.all([
    change(member.id, tokens.member, { version, phone: "1" }),
    change(member.id, tokens.member, { version, phone: "2" }),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
});

test.each([
  {},
  { phone: "" },
  { phone: "x".repeat(41) },
  { phone: "two\nlines" },
  { location: 7 },
  { email: "mine@evil.example" },
  { role: "admin" },
  { tenant_id: "x" },
])("the change %j is refused", async (json) => {
  expect(await change(member.id, tokens.member, { version: 1, ...json })).toMatchObject({
    status: 400,
    body: { error: { code: "invalid_input" } },
  });
});

test("an admin of another tenant can neither find, read nor change anybody here", async () => {
  const cached = await read(member.id);
  expect(cached.status).toBe(200);
  const absent = {
    status: 404,
    body: { error: { code: "not_found", message: "There is no such employee" } },
  };
  expect(await read(member.id, tokens.stranger)).toMatchObject(absent);
  expect(await read("00000000-0000-4000-8000-000000000000", tokens.stranger)).toMatchObject(absent);
  expect(await read("no-id", tokens.stranger)).toMatchObject(absent);
  const json = { version: cached.body.version, phone: "stolen" };
  expect(await change(member.id, tokens.stranger, json)).toMatchObject(absent);
  const found = await search(`q=${encodeURIComponent(member.email)}`, tokens.stranger);
  expect(found.body.employees).toEqual([]);
  await search("q=finance");
  const theirs = await search("q=finance&limit=50", tokens.stranger);
  expect(
    theirs.body.employees.every(({ email }: DemoEmployee) => email.endsWith("@northlight.example")),
  ).toBe(true);
  expect((await read(member.id)).body).toEqual(cached.body);
});

test("the database itself refuses a manager from another tenant", async () => {
  const query = "UPDATE employee SET manager_id = $1 WHERE id = $2";
  await expect(app.database.query("test", query, [stranger.id, member.id])).rejects.toThrow(/foreign key/);
});
