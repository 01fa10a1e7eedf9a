import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { createTestRedis } from "@watchkeeper/testing/redis";
import express from "express";
import pg from "pg";
import { pino } from "pino";
import { createClient } from "redis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseExposition } from "./exposition.ts";
import { type Instrumented, instrument } from "./instrument.ts";
import type { OpsServer } from "./ops.ts";
import { loadSlowQueries } from "./slow-queries.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: pg.Pool;
let redis: Awaited<ReturnType<typeof connectRedis>>;
let instrumented: Instrumented;
let server: Server;
let ops: OpsServer;
const logger = pino({ level: "debug" }, { write: () => undefined });

const connectRedis = async () => createClient({ url: (await createTestRedis()).url }).connect();

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url });
  redis = await connectRedis();
  const app = express();
  instrumented = instrument(app, { pg: pool, redis, logger, version: "1.0.0" });
  app.get("/people/:id", async (request, response) => {
    const { rows } = await pool.query({
      name: "find",
      text: "SELECT $1::text AS id",
      values: [request.params.id],
    });
    response.json(rows[0]);
  });
  server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  ops = await instrumented.serveMetrics({ port: 0 });
});
afterAll(async () => {
  server.close().closeAllConnections();
  instrumented.http.close();
  await ops.close();
  redis.destroy();
  await pool.end();
  await database.drop();
});

async function readValues(): Promise<Record<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${ops.port}/metrics`)).text();
  const samples = parseExposition(text).flatMap((family) => family.samples);
  return Object.fromEntries(
    samples.map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(" "), value]),
  );
}

test("one call exports the app, its pool, its Redis, its log and its process", async () => {
  const { port } = server.address() as AddressInfo;
  expect(await (await fetch(`http://127.0.0.1:${port}/people/7`)).json()).toEqual({ id: "7" });
  await expect(pool.query("SELECT nonsense")).rejects.toThrow();
  await new Promise((resolve) => pool.query("SELECT 1", resolve));
  await redis.set("a", "1");
  await redis.keys("*");
  logger.child({ part: "x" }).warn("careful");
  logger.error("broken");
  logger.trace("too fine to be written");
  const values = await readValues();
  expect(values).toMatchObject({
    "http_requests_total GET /people/:id 200": 1,
    "database_query_duration_seconds_count find": 1,
    "database_query_duration_seconds_count unnamed": 2,
    "database_errors_total query": 1,
    "database_errors_total timeout": 0,
    "log_messages_total warn": 1,
    "log_messages_total error": 1,
    "log_messages_total trace": 0,
    [`watchkeeper_build_info 1.0.0 ${process.versions.node}`]: 1,
  });
  expect(values.database_connection_acquire_seconds_count).toBeGreaterThanOrEqual(3);
  expect(values["redis_server_commands_total keys"]).toBeGreaterThanOrEqual(1);
  expect(values["redis_server_command_seconds_total set"]).toBeGreaterThan(0);
  expect(values.redis_server_clients).toBeGreaterThanOrEqual(1);
  expect(values.redis_server_memory_bytes).toBeLessThan(values.redis_server_memory_limit_bytes ?? 0);
  expect(values.process_memory_limit_bytes).toBeGreaterThan(values.process_resident_memory_bytes ?? 0);
});

test("KEYS is found in Redis' slow log", async () => {
  const before = (await redis.sendCommand(["CONFIG", "GET", "slowlog-log-slower-than"])) as string[];
  await redis.sendCommand(["CONFIG", "SET", "slowlog-log-slower-than", "0"]);
  await redis.keys("*");
  await redis.sendCommand(["CONFIG", "SET", "slowlog-log-slower-than", before[1] ?? "10000"]);
  await expect
    .poll(async () => (await readValues()).redis_server_slow_keys_commands)
    .toBeGreaterThanOrEqual(1);
});

test("slow queries are rows for people, with their values taken out", async () => {
  await pool.query("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
  await pool.query("SELECT pg_sleep(0.02), 'secret'");
  const queries = {
    query: (_name: string, text: string, values?: readonly unknown[]) =>
      pool.query(text, [...(values ?? [])]),
  };
  const rows = await loadSlowQueries(queries as Parameters<typeof loadSlowQueries>[0]);
  const slow = rows.find(({ text }) => text.includes("pg_sleep"));
  expect(slow).toMatchObject({ text: "SELECT pg_sleep($1), $2", calls: 1 });
  expect(slow?.meanMs).toBeGreaterThanOrEqual(20);
});

test("readiness asks the pool and Redis for real", async () => {
  const response = await fetch(`http://127.0.0.1:${ops.port}/readyz`);
  expect(await response.json()).toEqual({ status: "ready", checks: { postgres: "ok", redis: "ok" } });
});
