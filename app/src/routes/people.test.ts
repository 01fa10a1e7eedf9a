/** One running directory for all that is done to people, hence the length: to start it takes longer than its tests. */
import { randomUUID } from "node:crypto";
import { parseExposition } from "@watchkeeper/exporters/exposition";
import { createTestRedis } from "@watchkeeper/testing/redis";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { DemoEmployee } from "../demo/people.ts";
import { startTestApp, type TestApp } from "../test-app.ts";
import { asOwner, createDirectoryDatabase, type DirectoryDatabase } from "../test-database.ts";

let database: DirectoryDatabase;
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
  database = await createDirectoryDatabase();
  app = await startTestApp({ database, redisUrl: (await createTestRedis()).url });
  people = must(app.tenants[2]).employees;
  const isOrdinary = ({ role, department }: DemoEmployee): boolean =>
    role === "user" && department === "Engineering";
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
    expect(await app.ask(path)).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
  },
);

test("a search finds all words in any field, each as a beginning, whatever accents and capitals", async () => {
  const { body } = await search("q=ENGINEERING%20softw&limit=50");
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
  const accented = must(people.find(({ name }) => /[éáóżł]/.test(name)));
  const plain = accented.name
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .replace(/ł/g, "l");
  for (const name of [accented.name, plain.toUpperCase(), accented.name.normalize("NFD")]) {
    const found = await search(`limit=50&q=${encodeURIComponent(name)}`);
    expect(found.body.employees.map(({ id }: DemoEmployee) => id)).toContain(accented.id);
  }
});

test("who is called so comes before who only works there", async () => {
  await change(member.id, tokens.admin, {
    version: (await read(member.id)).body.version,
    name: "Zzoe Finance",
  });
  const { body } = await search("q=finance");
  expect(body.employees[0].name).toBe("Zzoe Finance");
  expect(body.employees[1].department).toBe("Finance");
  await change(member.id, tokens.admin, { version: (await read(member.id)).body.version, name: member.name });
});

const MISTYPED: Readonly<Record<string, (name: string) => string>> = {
  "a letter is missing": (name) => name.slice(0, 2) + name.slice(3),
  "two letters are swapped": (name) => `${name.slice(0, 2)}${name[3]}${name[2]}${name.slice(4)}`,
  "a letter is too many": (name) => `${name}x`,
  "a letter is another": (name) => `${name.slice(0, 3)}q${name.slice(4)}`,
};

test.each(Object.entries(MISTYPED))("a name is found although %s", async (_what, mistype) => {
  const person = must(people.find(({ name }) => /^[A-Z][a-z]{5,} [A-Z][a-z]{5,}$/.test(name)));
  const [given = "", family = ""] = person.name.split(" ");
  const typed = `${given} ${mistype(family)}`;
  const { body } = await search(`q=${encodeURIComponent(typed)}`);
  expect(body.isApproximate).toBe(true);
  expect(body.employees.map(({ name }: DemoEmployee) => name)).toContain(person.name);
});

const pagesOf = async (query: string): Promise<string[]> => {
  const seen: string[] = [];
  for (let cursor = ""; ; ) {
    const { body } = await search(`${query}${cursor && `&cursor=${cursor}`}`);
    seen.push(...body.employees.map(({ id }: DemoEmployee) => id));
    if (body.nextCursor === null) return seen;
    cursor = body.nextCursor;
  }
};

test("the pages of a list together are everybody, once, and so are those of a search", async () => {
  expect((await pagesOf("limit=50")).sort()).toEqual(people.map(({ id }) => id).sort());
  const engineers = people.filter(({ title, department }) => /engineer/i.test(title + department));
  expect((await pagesOf("limit=7&q=engineer")).sort()).toEqual(engineers.map(({ id }) => id).sort());
});

test("pages hold when people come and go in between", async () => {
  const first = (await search("limit=20")).body;
  const gone = first.employees[19];
  await asOwner(database, "UPDATE employee SET name = 'AAA ' || name WHERE id = $1", [gone.id]);
  const second = (await search(`limit=20&cursor=${first.nextCursor}`)).body;
  const names = (page: typeof first): string[] => page.employees.map(({ name }: DemoEmployee) => name);
  expect(names(second).some((name) => names(first).includes(name))).toBe(false);
  await asOwner(database, "UPDATE employee SET name = $2 WHERE id = $1", [gone.id, gone.name]);
});

test("a cursor is good for its own question and company alone", async () => {
  const { nextCursor } = (await search("limit=5")).body;
  const refused = { status: 400, body: { code: "invalid_cursor" } };
  expect((await search(`limit=7&cursor=${nextCursor}`)).status).toBe(200);
  expect(await search(`q=engineer&cursor=${nextCursor}`)).toMatchObject(refused);
  expect(await search(`limit=5&cursor=${nextCursor}`, tokens.stranger)).toMatchObject(refused);
  expect(await search("cursor=bWFkZSB1cA.bWFkZSB1cA")).toMatchObject(refused);
});

test.each([
  "%25",
  "_",
  "\\",
  "%00",
  "'; DROP TABLE employee; --",
  "zz%25",
  "a:*|b",
  "!x & (y",
  "'' :*",
  "$1",
])("the search term %s is text", async (q) => {
  const answer = await search(`q=${q.startsWith("%") ? q : encodeURIComponent(q)}`);
  expect(answer.status).toBe(200);
  expect((await search("limit=1")).body.employees).toHaveLength(1);
});

test.each([
  "limit=51",
  "limit=0",
  "limit=x",
  `q=${"x".repeat(201)}`,
  `q=${"x".repeat(10_000)}`,
  `cursor=${"x".repeat(1_001)}`,
  "cursor=",
  "q=a&q=b",
  "q[$ne]=1",
])("a list with %s is refused", async (query) => {
  const isUnknown = query.startsWith("q[");
  const expected = isUnknown ? { status: 200 } : { status: 400, body: { code: "invalid_input" } };
  expect(await search(query)).toMatchObject(expected);
});

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
  { tenant_id: "x" },
])("the change %j is refused", async (json) => {
  expect(await change(member.id, tokens.member, { version: 1, ...json })).toMatchObject({
    status: 400,
    body: { code: "invalid_input" },
  });
});

test("an admin of another tenant can neither find, read nor change anybody here", async () => {
  const cached = await read(member.id);
  expect(cached.status).toBe(200);
  const absent = {
    status: 404,
    body: { code: "not_found" },
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

test("an update that comes late is told what changed since, by whom", async () => {
  const { version, phone } = (await read(member.id)).body;
  await change(member.id, tokens.member, { version, phone: "first" });
  await change(member.id, tokens.admin, { version: version + 1, phone: "second", title: "Chief Tester" });
  const late = await change(member.id, tokens.member, { version, location: "Nowhere" });
  expect(late).toMatchObject({
    status: 409,
    body: {
      code: "version_conflict",
      detail: "Changed in the meantime: phone, title",
      currentVersion: version + 2,
      changes: [
        { field: "phone", from: phone, to: "second", by: admin.name },
        { field: "title", to: "Chief Tester", by: admin.name },
      ],
    },
  });
  expect((await read(member.id)).body.location).not.toBe("Nowhere");
});

/** Somebody new, whom the test removes again. */
const newcomer = (extra: object = {}) => ({
  name: "Nia Newcomer",
  email: `nia.${randomUUID()}@copperleaf.example`,
  title: "Trainee",
  department: "Engineering",
  location: "Dublin",
  phone: "+1 555 0100",
  managerId: manager.id,
  ...extra,
});
const add = (token: string, json: object) => app.ask("/api/employees", { method: "POST", token, json });
const removal = (id: string, token: string, version: number | string = 1) =>
  app.ask(`/api/employees/${id}?version=${version}`, { method: "DELETE", token });

test("somebody new is found at once, signs in, and is gone at once with every session", async () => {
  await search("q=newcomer");
  const json = newcomer({ password: "a long password" });
  const added = await add(tokens.admin, json);
  expect(added).toMatchObject({
    status: 201,
    body: { name: "Nia Newcomer", role: "user", version: 1, manager: { id: manager.id, name: manager.name } },
  });
  expect(JSON.stringify(added.body)).not.toContain("password");
  expect(added.headers.get("location")).toBe(`/api/employees/${added.body.id}`);
  expect((await search("q=newcomer")).body.employees).toHaveLength(1);
  const signIn = { tenant: "copperleaf", email: json.email, password: "a long password" };
  const { token } = (await app.ask("/api/login", { method: "POST", json: signIn })).body;
  expect((await app.ask("/api/me", { token })).status).toBe(200);
  expect((await removal(added.body.id, token)).status, "not oneself").toBe(403);
  expect((await removal(added.body.id, tokens.manager)).status).toBe(204);
  expect((await app.ask("/api/me", { token })).status).toBe(401);
  expect((await read(added.body.id)).status).toBe(404);
  expect((await search("q=newcomer")).body.employees).toEqual([]);
  expect((await app.ask("/api/login", { method: "POST", json: signIn })).status).toBe(401);
});

test("two people cannot have one address, nor one that only looks like another", async () => {
  const json = newcomer();
  const { body } = await add(tokens.admin, json);
  const taken = { status: 409, body: { code: "duplicate_email" } };
  expect(await add(tokens.admin, { ...json, email: json.email.toUpperCase() })).toMatchObject(taken);
  const mine = (await read(member.id)).body;
  expect(await change(member.id, tokens.admin, { version: mine.version, email: json.email })).toMatchObject(
    taken,
  );
  for (const email of [
    json.email.replace("i", "\u0456"),
    json.email.replace("a", "\uff41"),
    "a@\u0435xample.com",
  ]) {
    const refused = await add(tokens.admin, newcomer({ email }));
    expect(refused).toMatchObject({
      status: 400,
      body: { code: "invalid_input", errors: [{ field: "email" }] },
    });
  }
  const together = newcomer();
  const both = await Promise.all([add(tokens.admin, together), add(tokens.admin, together)]);
  expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  const made = both.find(({ status }) => status === 201);
  await removal(body.id, tokens.admin);
  await removal(made?.body.id, tokens.admin);
});

test("people are added by admins anywhere and by managers below themselves, never with a higher role", async () => {
  expect((await add(tokens.member, newcomer())).status).toBe(403);
  expect((await add(tokens.manager, newcomer({ managerId: admin.id }))).status).toBe(403);
  expect((await add(tokens.manager, newcomer({ role: "admin" }))).status).toBe(403);
  expect((await add(tokens.admin, newcomer({ role: "super_admin" }))).status).toBe(403);
  const below = await add(tokens.manager, newcomer());
  expect(below.status).toBe(201);
  expect((await removal(below.body.id, tokens.member)).status).toBe(403);
  expect((await removal(below.body.id, tokens.manager)).status).toBe(204);
  const unknown = { status: 400, body: { code: "unknown_manager" } };
  expect(await add(tokens.admin, newcomer({ managerId: stranger.id }))).toMatchObject(unknown);
  expect(await add(tokens.admin, newcomer({ managerId: randomUUID() }))).toMatchObject(unknown);
});

test("roles are given by admins, not to oneself and not above the own", async () => {
  const role = async (id: string, token: string, to: string) =>
    (await change(id, token, { version: (await read(id)).body.version, role: to })).status;
  expect(await role(member.id, tokens.manager, "manager")).toBe(403);
  expect(await role(admin.id, tokens.admin, "user")).toBe(403);
  expect(await role(member.id, tokens.admin, "super_admin")).toBe(403);
  expect(await role(member.id, tokens.admin, "manager")).toBe(200);
  expect(await role(member.id, tokens.admin, "user")).toBe(200);
  await asOwner(database, "UPDATE employee SET role = 'super_admin' WHERE id = $1", [member.id]);
  expect(await role(member.id, tokens.admin, "user"), "who stands above").toBe(403);
  expect((await removal(member.id, tokens.admin, (await read(member.id)).body.version)).status).toBe(403);
  await asOwner(database, "UPDATE employee SET role = 'user' WHERE id = $1", [member.id]);
});

test("a manager with people is not removed before they have another", async () => {
  const { version } = (await read(manager.id)).body;
  const refused = await removal(manager.id, tokens.admin, version);
  expect(refused).toMatchObject({ status: 409, body: { code: "has_reports", reports: expect.any(Number) } });
  expect(await removal(member.id, tokens.admin, 99)).toMatchObject({ body: { code: "version_conflict" } });
  for (const wrong of ["", "0", "x", "1e99", "1.5"]) {
    expect(await removal(member.id, tokens.admin, wrong)).toMatchObject({
      status: 400,
      body: { code: "invalid_input" },
    });
  }
});

test("the chart shows the way up and the people below, who count theirs", async () => {
  const { body } = await app.ask(`/api/employees/${manager.id}/chart`, { token: tokens.member });
  expect(body.managers[0].id).toBe(admin.id);
  expect(body.managers.at(-1).id).toBe(manager.managerId);
  const reports = people.filter(({ managerId }) => managerId === manager.id);
  expect(body.employee).toMatchObject({ id: manager.id, reports: reports.length });
  expect(body.reports.map(({ id }: DemoEmployee) => id).sort()).toEqual(reports.map(({ id }) => id).sort());
  expect((await app.ask(`/api/employees/${stranger.id}/chart`, { token: tokens.member })).status).toBe(404);
});

test("nobody comes to report to themselves, over however many people and at whatever moment", async () => {
  const move = async (id: string, managerId: string | null) =>
    change(id, tokens.admin, { version: (await read(id)).body.version, managerId });
  const circle = { status: 409, body: { code: "reporting_cycle" } };
  expect(await move(admin.id, member.id)).toMatchObject(circle);
  expect(await move(member.id, member.id)).toMatchObject(circle);
  const [a, b] = [(await add(tokens.admin, newcomer())).body, (await add(tokens.admin, newcomer())).body];
  for (let i = 0; i < 5; i++) {
    const moves = await Promise.all([move(a.id, b.id), move(b.id, a.id)]);
    expect(moves.map(({ status }) => status).sort()).toEqual([200, 409]);
    await Promise.all([move(a.id, manager.id), move(b.id, manager.id)]);
  }
  for (const { id } of [a, b]) await removal(id, tokens.admin, (await read(id)).body.version);
});

test("a company may keep contact data for managers and admins", async () => {
  await asOwner(database, "UPDATE tenant SET self_service = false WHERE slug = 'copperleaf'");
  const json = async () => ({ version: (await read(member.id)).body.version, phone: "7" });
  expect((await change(member.id, tokens.member, await json())).status).toBe(403);
  expect((await change(member.id, tokens.manager, await json())).status).toBe(200);
  await asOwner(database, "UPDATE tenant SET self_service = true WHERE slug = 'copperleaf'");
  expect((await change(member.id, tokens.member, await json())).status).toBe(200);
});

test("a new name is at once in the profiles of those who report to it", async () => {
  await read(member.id);
  const { version } = (await read(manager.id)).body;
  await change(manager.id, tokens.admin, { version, name: "Renamed Manager" });
  expect((await read(member.id)).body.manager.name).toBe("Renamed Manager");
  await change(manager.id, tokens.admin, { version: version + 1, name: manager.name });
});

test("the database itself refuses a manager from another tenant", async () => {
  const text = "UPDATE employee SET manager_id = $1 WHERE id = $2";
  await expect(asOwner(database, text, [stranger.id, member.id])).rejects.toThrow(/foreign key/);
});
