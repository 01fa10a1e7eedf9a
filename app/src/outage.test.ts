import { until } from "@watchkeeper/testing/poll";
import { createTestRedis } from "@watchkeeper/testing/redis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createCache } from "./cache.ts";
import { createChecks } from "./checks.ts";
import { startTestApp, type TestApp } from "./test-app.ts";
import { createDirectoryDatabase, type DirectoryDatabase } from "./test-database.ts";
import { startTestProxy, type TestProxy } from "./test-proxy.ts";

let database: DirectoryDatabase;
let postgresProxy: TestProxy;
let redisProxy: TestProxy;
let app: TestApp;
let token: string;

beforeAll(async () => {
  database = await createDirectoryDatabase();
  const redis = await createTestRedis();
  postgresProxy = await startTestProxy(database.url);
  redisProxy = await startTestProxy(redis.url);
  app = await startTestApp({
    database,
    redisUrl: redis.url,
    databaseUrlOfApp: postgresProxy.url,
    redisUrlOfApp: redisProxy.url,
  });
  token = await app.logIn(app.tenants[0]?.employees[0]?.email ?? "");
});
afterAll(async () => {
  await app?.close();
  await Promise.all([postgresProxy?.close(), redisProxy?.close()]);
  await database?.drop();
});

const unavailable = { status: 503, body: { code: "unavailable" } };
let term = 0;
/** A search that no cache can answer. */
const freshSearch = () =>
  app.ask(`/api/employees?q=${encodeURIComponent(`engineer ${"a".repeat(++term)}`)}`, { token });
const isBack = () =>
  until("the app to work again", async () => ((await freshSearch()).status === 200 ? true : undefined));

test("without PostgreSQL what it must answer is 503, the rest goes on, and afterwards all is well", async () => {
  postgresProxy.cut();
  const answer = await freshSearch();
  expect(answer).toMatchObject(unavailable);
  expect(answer.headers.get("retry-after")).toBe("5");
  const line = app.lines.find(({ requestId }) => requestId === answer.headers.get("x-request-id"));
  expect(line).toMatchObject({
    level: "warn",
    metadata: expect.objectContaining({ status: 503 }),
    reason: expect.stringMatching(/^postgres is unavailable: /),
  });
  expect((await app.ask("/healthz")).status).toBe(200);
  const login = { tenant: "northlight", email: "x@northlight.example", password: "x" };
  for (let i = 0; i < 7; i++) {
    expect(await app.ask("/api/login", { method: "POST", json: login })).toMatchObject(unavailable);
  }
  postgresProxy.restore();
  await isBack();
  expect((await app.ask("/api/login", { method: "POST", json: login })).status, "nobody is locked out").toBe(
    401,
  );
});

test("a PostgreSQL that does not answer makes a request fail in a few seconds, not hang", async () => {
  postgresProxy.hang();
  const start = Date.now();
  expect(await freshSearch()).toMatchObject(unavailable);
  expect(Date.now() - start).toBeLessThan(8_000);
  postgresProxy.restore();
  await isBack();
});

test("without Redis nobody is let in, and afterwards sessions are valid again", async () => {
  redisProxy.cut();
  await until("Redis to be gone", async () => ((await freshSearch()).status === 503 ? true : undefined));
  expect(await app.ask("/api/me", { token })).toMatchObject(unavailable);
  const email = app.tenants[0]?.employees[1]?.email;
  const json = { tenant: "northlight", email, password: "demo-password" };
  expect(await app.ask("/api/login", { method: "POST", json })).toMatchObject(unavailable);
  redisProxy.restore();
  await isBack();
});

test("a Redis that does not answer costs half a second, and caches are passed by", async () => {
  const counts = { hit: 0, miss: 0, error: 0 };
  const cache = createCache(app.redis, {
    hit: () => void counts.hit++,
    miss: () => void counts.miss++,
    error: () => void counts.error++,
    time: (_, lookup) => lookup(),
  });
  redisProxy.hang();
  const start = Date.now();
  expect(await cache.through("profile", "key", z.string(), async () => "loaded")).toBe("loaded");
  expect(Date.now() - start).toBeLessThan(1_500);
  expect(counts).toEqual({ hit: 0, miss: 0, error: 1 });
  redisProxy.restore();
  await isBack();
  expect(await cache.through("profile", "key", z.string(), async () => "first")).toBe("first");
  expect(await cache.through("profile", "key", z.string(), async () => "second")).toBe("first");
  expect(await cache.through("profile", "key", z.number(), async () => 3), "an entry of another shape").toBe(
    3,
  );
  expect(counts).toEqual({ hit: 1, miss: 2, error: 1 });
});

test("the checks tell which dependency is away", async () => {
  const checks = createChecks(app.database, app.redis);
  const signal = new AbortController().signal;
  redisProxy.cut();
  await until("Redis to be gone", () =>
    checks.redis(signal).then(
      () => undefined,
      () => true,
    ),
  );
  await checks.postgres(signal);
  redisProxy.restore();
  postgresProxy.cut();
  await expect(checks.postgres(signal)).rejects.toThrow("postgres is unavailable");
  await until("Redis to be back", () => checks.redis(signal).then(() => true));
  postgresProxy.restore();
  await isBack();
});
