import { createTestRedis } from "@watchkeeper/testing/redis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp, type TestApp } from "./test-app.ts";
import { createDirectoryDatabase, type DirectoryDatabase } from "./test-database.ts";

let database: DirectoryDatabase;
let app: TestApp;
let tokens: string[];

beforeAll(async () => {
  database = await createDirectoryDatabase();
  app = await startTestApp({
    database,
    redisUrl: (await createTestRedis()).url,
    limits: { perUser: 5, perAddress: 8 },
    corsOrigins: ["https://app.example.com"],
  });
  const people = app.tenants[2]?.employees ?? [];
  tokens = await Promise.all(people.slice(0, 2).map(({ email }) => app.logIn(email)));
});
afterAll(async () => {
  await app?.close();
  await database?.drop();
});

const refused = { status: 429, body: { code: "rate_limited", status: 429 } };

test("a person who asks too often is told when to come back; another behind the same address is not", async () => {
  const [token = "", other = ""] = tokens;
  const address = "198.51.100.1";
  for (let i = 0; i < 5; i++) expect((await app.ask("/api/me", { token, address })).status).toBe(200);
  const answer = await app.ask("/api/me", { token, address });
  expect(answer).toMatchObject(refused);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(Number(answer.headers.get("retry-after"))).toBeLessThanOrEqual(60);
  expect((await app.ask("/api/me", { token: other, address })).status).toBe(200);
});

test("guessing sessions and asking without one are limited by address", async () => {
  const address = "198.51.100.2";
  for (let i = 0; i < 4; i++) {
    expect((await app.ask("/api/me", { token: String(i).repeat(43), address })).status).toBe(401);
    expect((await app.ask("/api/openapi.json", { address })).status).toBe(200);
  }
  expect(await app.ask("/api/me", { address })).toMatchObject(refused);
  expect(await app.ask("/api/problems", { address })).toMatchObject(refused);
  expect((await app.ask("/api/problems", { address: "198.51.100.3" })).status).toBe(200);
});

test("the probe from outside is never limited", async () => {
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => app.ask("/healthz", { address: "198.51.100.4" })),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});

test("pages of the origins that are named may use the API with the session, others not", async () => {
  const preflight = (origin: string) =>
    app.ask("/api/employees", {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
      },
    });
  const allowed = await preflight("https://app.example.com");
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get("access-control-allow-origin")).toBe("https://app.example.com");
  expect(allowed.headers.get("access-control-allow-credentials")).toBe("true");
  const foreign = await preflight("https://evil.example.com");
  expect(foreign.headers.get("access-control-allow-origin")).toBeNull();
});
