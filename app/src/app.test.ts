import { metricsOf } from "@watchkeeper/catalogue/metrics/all";
import { differencesFromCatalogue } from "@watchkeeper/exporters/contract";
import { exportDependencies } from "@watchkeeper/exporters/dependency";
import { parseExposition } from "@watchkeeper/exporters/exposition";
import { exportRuntime } from "@watchkeeper/exporters/runtime";
import { exportTelemetry } from "@watchkeeper/exporters/telemetry";
import { noTelemetry } from "@watchkeeper/process/telemetry";
import { createTestRedis } from "@watchkeeper/testing/redis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createChecks } from "./checks.ts";
import { startTestApp, type TestApp } from "./test-app.ts";
import { asOwner, createDirectoryDatabase, type DirectoryDatabase } from "./test-database.ts";

let database: DirectoryDatabase;
let app: TestApp;
let host = 0;

beforeAll(async () => {
  database = await createDirectoryDatabase();
  app = await startTestApp({ database, redisUrl: (await createTestRedis()).url });
});
afterAll(async () => {
  await app?.close();
  await database?.drop();
});

test("the metrics are exactly those that the catalogue says the app emits", async () => {
  exportRuntime(app.metrics, { version: "1.0.0" });
  exportTelemetry(app.metrics, noTelemetry);
  await exportDependencies(app.metrics, createChecks(app.database, app.redis))();
  const token = await app.logIn(app.tenants[0]?.employees[0]?.email ?? "");
  await app.ask("/api/employees?q=engineer", { token });
  const text = await app.metrics.registry.metrics();
  expect(differencesFromCatalogue(text, metricsOf("app"))).toEqual([]);
  const empty = parseExposition(text).filter(({ samples }) => samples.length === 0);
  expect(empty.map(({ name }) => name)).toEqual([]);
});

test("the home page says what this is, and the probe from outside needs no login", async () => {
  expect((await app.ask("/")).body).toContain("<title>Company Directory</title>");
  expect(await app.ask("/healthz")).toMatchObject({ status: 200, body: { status: "ok" } });
});

test("every answer carries the headers of a careful server and a request id", async () => {
  const { headers } = await app.ask("/");
  expect(headers.get("content-security-policy")).toBe(
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';frame-src 'none';" +
      "form-action 'none';base-uri 'none';frame-ancestors 'none'",
  );
  expect(headers.get("x-powered-by")).toBeNull();
  expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  const given = await app.ask("/", { headers: { "x-request-id": "proxy-0123456789" } });
  expect(given.headers.get("x-request-id")).toBe("proxy-0123456789");
  const forged = await app.ask("/", { headers: { "x-request-id": 'x","level":"fatal' } });
  expect(forged.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
});

const problemCount = async (problem: string): Promise<number> => {
  const families = parseExposition(await app.metrics.registry.metrics());
  const samples = families.find(({ name }) => name === "http_problems_total")?.samples ?? [];
  return samples.find(({ labels }) => labels.problem === problem)?.value ?? 0;
};

const login = (body: Parameters<typeof app.ask>[1]) => ["/api/login", { method: "POST", ...body }] as const;
const asForm = { headers: { "content-type": "application/x-www-form-urlencoded" } };

test.each([
  ["an unknown path", ["/nowhere", {}], 404, "not_found"],
  ["a path of broken escapes", ["/api/employees/%E0%A4%A", {}], 400, "malformed"],
  ["a body of broken JSON", login({ rawBody: "{" }), 400, "malformed"],
  ["a body that is a number", login({ rawBody: "7" }), 400, "malformed"],
  ["a body of another shape", login({ rawBody: "[]" }), 400, "invalid_input"],
  ["a body of 20 kB", login({ rawBody: `"${"x".repeat(20_000)}"` }), 413, "too_large"],
  ["a body of 20 MB", login({ rawBody: `"${"x".repeat(20_000_000)}"` }), 413, "too_large"],
  ["a form", login({ rawBody: "tenant=a", ...asForm }), 415, "unsupported_media_type"],
  [
    "JSON in another alphabet",
    login({ rawBody: "{}", headers: { "content-type": "application/json; charset=koi8-r" } }),
    415,
    "unsupported_media_type",
  ],
  ["a zero byte", login({ json: { tenant: "a\0", email: "b", password: "c" } }), 400, "invalid_input"],
  ["no body", login({}), 400, "invalid_input"],
  [
    "more than is asked for",
    login({ json: { tenant: "a", email: "b", password: "c", role: "admin" } }),
    400,
    "invalid_input",
  ],
  [
    "a prototype",
    login({ rawBody: '{"__proto__":{"tenant":"a"},"email":"b","password":"c"}' }),
    400,
    "invalid_input",
  ],
  [
    "an unknown tenant",
    login({ json: { tenant: "nowhere", email: "a@b.example", password: "c" } }),
    401,
    "invalid_credentials",
  ],
  [
    "SQL for a tenant",
    login({ json: { tenant: "' OR 1=1 --", email: "a@b.example", password: "c" } }),
    401,
    "invalid_credentials",
  ],
  ["a forged session", ["/api/me", { token: "A".repeat(43) }], 401, "unauthenticated"],
  ["a session of 8 kB", ["/api/me", { token: "A".repeat(8_000) }], 401, "unauthenticated"],
] as const)(
  "%s is one clear problem, counted, and nothing more is said",
  async (_what, [path, request], status, code) => {
    const before = await problemCount(code);
    const answer = await app.ask(path, { address: `10.9.${status & 255}.${++host}`, ...request });
    expect(answer).toMatchObject({
      status,
      body: {
        type: `/api/problems/${code}`,
        title: expect.any(String),
        status,
        detail: expect.any(String),
        code,
      },
    });
    expect(answer.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.ts\b|\\n\s+at |Error:/);
    expect(await problemCount(code)).toBe(before + 1);
  },
);

test("what is wrong is named field by field", async () => {
  const { body } = await app.ask("/api/login", { method: "POST", json: { tenant: "", email: 7 } });
  expect(body.errors.map(({ field }: { field: string }) => field)).toEqual(["tenant", "email", "password"]);
});

test("each kind of problem has an address that explains it", async () => {
  const { body } = await app.ask("/api/problems");
  expect(body.problems.length).toBeGreaterThan(15);
  for (const problem of body.problems) {
    expect((await app.ask(`/api/problems/${problem.code}`)).body).toEqual(problem);
  }
  expect((await app.ask("/api/problems/none")).status).toBe(404);
});

test("what fails half-way is not written at all", async () => {
  const admin = app.tenants[2]?.employees[0];
  const token = await app.logIn(admin?.email ?? "");
  const before = await asOwner(
    database,
    "SELECT count(*) FROM employee UNION ALL SELECT count(*) FROM audit_log",
  );
  const json = {
    name: "Half",
    email: "half@x.example",
    title: "t",
    department: "d",
    location: "l",
    phone: "p",
    managerId: null,
  };
  await asOwner(database, "ALTER TABLE audit_log ADD CONSTRAINT broken CHECK (version < 0) NOT VALID");
  try {
    const answer = await app.ask("/api/employees", { method: "POST", token, json });
    expect(answer).toMatchObject({ status: 500, body: { code: "internal" } });
  } finally {
    await asOwner(database, "ALTER TABLE audit_log DROP CONSTRAINT broken");
  }
  expect(
    await asOwner(database, "SELECT count(*) FROM employee UNION ALL SELECT count(*) FROM audit_log"),
  ).toEqual(before);
  expect((await app.ask("/api/employees?q=half", { token })).body.employees).toEqual([]);
});

test("a refused body counts for its route", async () => {
  const refused = await app.ask("/api/login", { method: "POST", rawBody: "{" });
  const line = app.lines.find(({ requestId }) => requestId === refused.headers.get("x-request-id"));
  expect(line).toMatchObject({ metadata: { path: "/api/login", status: 400 } });
});

test("the log has one line per request with the route's template and nothing that anybody typed", async () => {
  const email = app.tenants[1]?.employees[3]?.email ?? "";
  const token = await app.logIn(email);
  const { headers } = await app.ask("/api/employees?q=secretterm", { token });
  const line = app.lines.find(({ requestId }) => requestId === headers.get("x-request-id"));
  expect(line).toEqual({
    level: "info",
    timestamp: expect.any(String),
    service: "app",
    requestId: headers.get("x-request-id"),
    metadata: { method: "GET", path: "/api/employees", status: 200 },
    duration: expect.any(Number),
    userId: expect.stringMatching(/^[0-9a-f]{16}$/),
    ip: "127.0.0.0",
    userAgent: expect.any(String),
    tenantId: app.tenants[1]?.id,
    message: "request",
  });
  const everything = JSON.stringify(app.lines);
  for (const secret of [email, token, "secretterm", "demo-password", "127.0.0.1"]) {
    expect(everything).not.toContain(secret);
  }
});

test("who tried to change what is a line of the audit stream, reading is none", async () => {
  const email = app.tenants[1]?.employees[3]?.email ?? "";
  const signIn = await app.ask("/api/login", {
    method: "POST",
    json: { tenant: app.tenants[1]?.slug, email, password: "demo-password" },
  });
  const { token, employeeId } = signIn.body;
  await app.ask(`/api/employees/${employeeId}`, { token });
  const refused = await app.ask(`/api/employees/${app.tenants[1]?.employees[4]?.id}`, {
    method: "DELETE",
    token,
  });
  const linesOf = (answer: typeof signIn) =>
    app.auditLines.filter(({ requestId }) => requestId === answer.headers.get("x-request-id"));
  expect(linesOf(signIn)).toEqual([expect.objectContaining({ action: "signIn", status: 200 })]);
  expect(linesOf(refused)).toEqual([
    expect.objectContaining({
      action: "removePerson",
      status: refused.status,
      actorId: employeeId,
      tenantId: app.tenants[1]?.id,
    }),
  ]);
  expect(app.auditLines.filter(({ actorId }) => actorId === employeeId)).toHaveLength(1);
  expect(JSON.stringify(app.auditLines)).not.toContain(email);
});

test("an error of our own answers 500 without details and logs them under the request's id", async () => {
  await asOwner(database, "ALTER TABLE tenant RENAME TO tenant_gone");
  try {
    const json = { tenant: "northlight", email: "somebody@northlight.example", password: "x" };
    const answer = await app.ask("/api/login", { method: "POST", json });
    expect(answer).toMatchObject({
      status: 500,
      body: { code: "internal" },
    });
    const requestId = answer.headers.get("x-request-id");
    const line = app.lines.find((entry) => entry.level === "error" && entry.requestId === requestId);
    expect(JSON.stringify(line)).toContain("tenant");
  } finally {
    await asOwner(database, "ALTER TABLE tenant_gone RENAME TO tenant");
  }
});
