import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { metricsOf } from "@watchkeeper/catalogue/metrics/all";
import { differencesFromCatalogue } from "@watchkeeper/exporters/contract";
import { until } from "@watchkeeper/testing/poll";
import { createTestRedis } from "@watchkeeper/testing/redis";
import { startReceiver } from "@watchkeeper/testing/telemetry-receiver";
import { createClient } from "redis";
import { afterEach, expect, test } from "vitest";
import { asSuperuser, createDirectoryDatabase } from "./test-database.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));

let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill("SIGKILL");
});

function start(settings: Record<string, string>): {
  child: ChildProcess;
  output: { stdout: string; stderr: string };
} {
  const env = { PATH: process.env.PATH ?? "", ...settings };
  const started = spawn(process.execPath, ["--import", "tsx", MAIN], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  started.stdout.on("data", (chunk) => {
    output.stdout += chunk;
  });
  started.stderr.on("data", (chunk) => {
    output.stderr += chunk;
  });
  child = started;
  return { child: started, output };
}

/** How soon is not promised: migrating and seeding wait for whatever else the machine does. */
const START_MS = 30_000;

const listeningIn = (output: { stdout: string }): Promise<{ port: number; opsPort: number }> =>
  until(
    "the app to listen",
    () => {
      const line = output.stdout.split("\n").find((text) => text.includes('"listening"'));
      return line === undefined ? undefined : JSON.parse(line);
    },
    START_MS,
  );

const settingsFor = (databaseUrl: string, redisUrl: string, ownerDatabaseUrl = databaseUrl) => ({
  WATCHKEEPER_APP_HTTP_PORT: "0",
  WATCHKEEPER_APP_OPS_PORT: "0",
  WATCHKEEPER_APP_DATABASE_URL: databaseUrl,
  WATCHKEEPER_APP_OWNER_DATABASE_URL: ownerDatabaseUrl,
  WATCHKEEPER_APP_CURSOR_SECRET: "a secret that only tests have, long enough",
  WATCHKEEPER_APP_REDIS_URL: redisUrl,
});

interface Span {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

/** The spans of one export in OTLP's JSON. */
const spansOf = (body: unknown): readonly Span[] =>
  (body as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }).resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans);

test("the process starts on an empty database, seeds it, serves both ports and ends in time", {
  timeout: 2 * START_MS,
}, async () => {
  const database = await createDirectoryDatabase();
  const redis = await createTestRedis();
  const settings = {
    ...settingsFor(database.url, redis.url, database.ownerUrl),
    WATCHKEEPER_APP_DEMO_PASSWORD: "demo-password",
    WATCHKEEPER_METRICS_TOKEN: "a-token-that-only-this-test-has",
  };
  await asSuperuser(database, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
  const { child: app, output } = start(settings);
  const listening = await listeningIn(output);
  expect(output.stdout).toContain('"employees":2480');

  const ops = (path: string) => fetch(`http://127.0.0.1:${listening.opsPort}${path}`);
  expect(await (await ops("/readyz")).json()).toEqual({
    status: "ready",
    checks: { postgres: "ok", redis: "ok" },
  });
  expect((await fetch(`http://127.0.0.1:${listening.port}/metrics`)).status).toBe(404);
  const withToken = (path: string) =>
    fetch(`http://127.0.0.1:${listening.opsPort}${path}`, {
      headers: { authorization: `Bearer ${settings.WATCHKEEPER_METRICS_TOKEN}` },
    });
  for (const path of ["/metrics", "/reports/slow-queries"]) expect((await ops(path)).status).toBe(401);
  const { rows } = (await (await withToken("/reports/slow-queries")).json()) as { rows: { text: string }[] };
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.map(({ text }) => text).join()).not.toContain("insufficient privilege");
  const text = await (await withToken("/metrics")).text();
  expect(differencesFromCatalogue(text, metricsOf("app"))).toEqual([]);
  expect(text).toContain('app_dependency_up{dependency="redis"} 1\n');

  const begun = Date.now();
  app.kill("SIGTERM");
  const [code] = await once(app, "exit");
  expect(code).toBe(0);
  expect(Date.now() - begun).toBeLessThan(4_000);
  await database.drop();
});

test("with the database away the process ends with one line that says so", async () => {
  const { child: app, output } = start(
    settingsFor("postgres://x:hidden@127.0.0.1:1/x", "redis://127.0.0.1:1"),
  );
  const [code] = await once(app, "exit");
  expect(code).toBe(1);
  expect(output.stderr).toMatch(/^app: Cannot reach the directory's PostgreSQL: .*ECONNREFUSED.*\n$/);
  expect(output.stderr + output.stdout).not.toContain("hidden");
});

test("a role that row-level security does not bind is refused with one line", async () => {
  const database = await createDirectoryDatabase();
  const { child: app, output } = start(settingsFor(database.ownerUrl, (await createTestRedis()).url));
  const [code] = await once(app, "exit");
  expect(code).toBe(1);
  expect(output.stderr).toMatch(
    /^app: Cannot serve tenants as the database role directory_test_owner as it owns the tables: /,
  );
  await database.drop();
});

test("a request that is under way when the process is told to end gets its answer, and its trace leaves", {
  timeout: 2 * START_MS,
}, async () => {
  const database = await createDirectoryDatabase();
  const redis = await createTestRedis();
  const collector = await startReceiver();
  const { child: app, output } = start({
    ...settingsFor(database.url, redis.url, database.ownerUrl),
    WATCHKEEPER_APP_DEMO_PASSWORD: "demo-password",
    WATCHKEEPER_TELEMETRY_OTLP_URL: collector.url,
    WATCHKEEPER_TELEMETRY_TRACE_RATIO: "1",
  });
  const { port } = await listeningIn(output);
  // A password check takes long enough to be overtaken.
  const json = { tenant: "northlight", email: "nobody@northlight.example", password: "wrong" };
  const answer = fetch(`http://127.0.0.1:${port}/api/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(json),
  });
  await until("the request to arrive", async () => {
    const client = await createClient({ url: redis.url }).connect();
    const keys = await client.keys("directory:limit:login-account:*");
    client.destroy();
    return keys.length > 0 ? true : undefined;
  });
  app.kill("SIGTERM");
  expect((await answer).status).toBe(401);
  const [code] = await once(app, "exit");
  expect(code).toBe(0);
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  await collector.close();
  const spans = collector.received.flatMap(({ body }) => spansOf(body));
  const login = spans.find(({ name }) => name === "POST /api/login");
  const below = spans.filter(({ parentSpanId }) => login && parentSpanId === login.spanId);
  expect(below.map(({ name }) => name)).toEqual(expect.arrayContaining(["login_credentials", "EVAL"]));
  await database.drop();
});

test("wrong settings are refused with the variable's name", async () => {
  const { child: app, output } = start({
    ...settingsFor("mysql://x", "redis://x"),
    WATCHKEEPER_APP_HTTP_PORT: "no",
  });
  const [code] = await once(app, "exit");
  expect(code).toBe(1);
  expect(output.stderr).toMatch(
    /WATCHKEEPER_APP_HTTP_PORT: .*; WATCHKEEPER_APP_DATABASE_URL: must be a postgres/,
  );
});
