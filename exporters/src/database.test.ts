import { createTestDatabase } from "@watchkeeper/testing/postgres";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { instrumentPool, type QueryRunner } from "./database.ts";
import { parseExposition } from "./exposition.ts";
import { createMetrics, type Metrics } from "./metrics.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: pg.Pool;
let metrics: Metrics;
let runner: QueryRunner;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

beforeEach(() => {
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on("error", () => undefined);
  metrics = createMetrics();
  runner = instrumentPool(pool, metrics);
});
afterEach(() => pool.end());

const values = async () => {
  const samples = parseExposition(await metrics.registry.metrics()).flatMap((family) => family.samples);
  return (name: string, query?: string) =>
    samples.find((sample) => sample.name === name && sample.labels.query === query)?.value;
};

test("queries are timed by name, failed ones too, and the SQL never becomes a label", async () => {
  await runner.query("nap", "SELECT pg_sleep($1)", [0.03]);
  await expect(runner.query("broken", "SELECT 'secret' FROM nowhere")).rejects.toThrow("nowhere");
  const value = await values();
  expect(value("database_query_duration_seconds_count", "nap")).toBe(1);
  expect(value("database_query_duration_seconds_sum", "nap")).toBeGreaterThanOrEqual(0.03);
  expect(value("database_query_duration_seconds_count", "broken")).toBe(1);
  expect(await metrics.registry.metrics()).not.toMatch(/SELECT|secret/);
});

test("the pool's connections show as active, idle, waiting and max", async () => {
  const held = await Promise.all([pool.connect(), pool.connect()]);
  const waiting = runner.query("late", "SELECT 1");
  const busy = await values();
  expect(["active", "idle", "waiting", "max"].map((kind) => busy(`database_connections_${kind}`))).toEqual([
    2, 0, 1, 2,
  ]);
  for (const client of held) client.release();
  await waiting;
  const free = await values();
  expect(["active", "idle", "waiting", "max"].map((kind) => free(`database_connections_${kind}`))).toEqual([
    0, 2, 0, 2,
  ]);
});

test("a transaction is committed when its work resolves and rolled back when it rejects", async () => {
  await runner.query("create", "CREATE TABLE note (text text NOT NULL)");
  await runner.transaction((queries) => queries.query("insert", "INSERT INTO note VALUES ($1)", ["kept"]));
  const failing = runner.transaction(async (queries) => {
    await queries.query("insert", "INSERT INTO note VALUES ($1)", ["gone"]);
    throw new Error("changed my mind");
  });
  await expect(failing).rejects.toThrow("changed my mind");
  const { rows } = await runner.query("read", "SELECT text FROM note");
  expect(rows).toEqual([{ text: "kept" }]);
  expect((await values())("database_query_duration_seconds_count", "insert")).toBe(2);
});

test("a connection that the server ends within a transaction fails that work only", async () => {
  const lost = runner.transaction(async (queries) => {
    const { rows } = await queries.query<{ pid: number }>("pid", "SELECT pg_backend_pid() AS pid");
    await runner.query("terminate", "SELECT pg_terminate_backend($1)", [rows[0]?.pid]);
    await queries.query("after", "SELECT 1");
  });
  await expect(lost).rejects.toThrow();
  expect((await runner.query<{ one: number }>("again", "SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
});
