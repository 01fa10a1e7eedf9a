import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { createUsageCapture } from "@watchkeeper/app/usage/capture";
import type { UsageBatch } from "@watchkeeper/app/usage/store";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { createDatabase, type Database } from "@watchkeeper/collector/database/database";
import { migrate } from "@watchkeeper/collector/database/migrate";
import { importRows } from "@watchkeeper/collector/imports/store";
import { tickets } from "@watchkeeper/collector/imports/tickets";
import { createJobs } from "@watchkeeper/collector/jobs/all";
import { drawApart } from "@watchkeeper/collector/report/draw-apart";
import { parsePeriod } from "@watchkeeper/collector/report/period";
import { createReports } from "@watchkeeper/collector/report/reports";
import { attempt } from "@watchkeeper/collector/schedule/runner";
import { createPrometheus } from "@watchkeeper/collector/upstream/prometheus";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { systemClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import { openRedis } from "@watchkeeper/process/redis";
import { startTestServers } from "@watchkeeper/testing/servers";
import pg from "pg";

/**
 * What the collector's jobs cost with 10,000 tenants and 0.1, 1 and 10 million events of use. The events and their
 * roll-ups are made once, by set-based SQL; then every job runs as its schedule runs it, on top of a minute's new events.
 */

const TENANTS = 10_000;
const PEOPLE = 20;
/** 1×, 10× and 100×. */
const STEPS = [100_000, 1_000_000, 10_000_000] as const;
const DAYS = 30;
/** A busy minute: what the roll-up finds at each step. */
const NEW_EVENTS = 10_000;
const RUNS = 3;
const CAPTURED = 200_000;
const IMPORTED = 1_000_000;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const rounded = (value: number): number => Math.round(value * 10) / 10;

const uuid = (text: string): string => `md5(${text})::uuid`;

/** Events number $1 to $2, spread over the days before now; few people do much, few terms are common. */
const EVENTS = `
  INSERT INTO usage_event (batch, at, tenant_id, user_id, kind, term, subject_id)
  SELECT $3, now() - ((n::bigint * 7919) % ${DAYS * 86_400}) * interval '1 second', ${uuid("'t' || tenant")},
    ${uuid("'p' || tenant || '/' || person")}, kind, CASE WHEN kind = 'search' THEN 'term ' || (n % 53) END,
    CASE WHEN kind = 'profile_view' THEN ${uuid("'p' || tenant || '/' || (n % 5)")} END
  FROM (
    SELECT n, (n::bigint * 104729) % ${TENANTS} AS tenant, (n / ${TENANTS}) % ${PEOPLE} AS person,
      (ARRAY['search', 'profile_view', 'login', 'search', 'profile_view'])[1 + n % 5] AS kind
    FROM generate_series($1::int, $2::int) n
  ) made`;

/** The roll-ups that these events come to, made at once instead of batch by batch. */
const ROLL_UPS = [
  "TRUNCATE collector.usage_hour, collector.person, collector.person_day, collector.person_period, collector.people_day, collector.term_day, collector.term_person, collector.profile_day, collector.profile_person, collector.tenant",
  "INSERT INTO collector.usage_hour SELECT date_trunc('hour', at), kind, count(*) FROM usage_event GROUP BY 1, 2",
  `INSERT INTO collector.person SELECT tenant_id, user_id, max(at), max(at) FILTER (WHERE kind = 'search'),
    max(at) FILTER (WHERE kind = 'profile_view'), NULL FROM usage_event GROUP BY 1, 2`,
  "INSERT INTO collector.person_day SELECT DISTINCT at::date, tenant_id, user_id FROM usage_event",
  `INSERT INTO collector.person_period SELECT DISTINCT date_trunc(kind, day)::date, kind, tenant_id, user_id
    FROM collector.person_day, (VALUES ('week'), ('month')) AS period (kind)`,
  "INSERT INTO collector.people_day SELECT day, count(*) FROM collector.person_day GROUP BY 1",
  "INSERT INTO collector.term_day SELECT tenant_id, at::date, term, count(*) FROM usage_event WHERE term IS NOT NULL GROUP BY 1, 2, 3",
  "INSERT INTO collector.term_person SELECT tenant_id, term, user_id, max(at::date) FROM usage_event WHERE term IS NOT NULL GROUP BY 1, 2, 3",
  "INSERT INTO collector.profile_day SELECT tenant_id, at::date, subject_id, count(*) FROM usage_event WHERE kind = 'profile_view' GROUP BY 1, 2, 3",
  "INSERT INTO collector.profile_person SELECT tenant_id, subject_id, user_id, max(at::date) FROM usage_event WHERE kind = 'profile_view' GROUP BY 1, 2, 3",
  "INSERT INTO collector.tenant SELECT DISTINCT tenant_id, now() FROM usage_event",
] as const;

const TABLES = [
  "usage_event",
  ...[
    "usage_hour",
    "person",
    "person_day",
    "person_period",
    "people_day",
    "term_day",
    "term_person",
    "profile_day",
    "profile_person",
    "tenant",
  ].map((name) => `collector.${name}`),
];

const migrations = new URL("../app/src/migrations/", import.meta.url);
const upMigration = (name: string): string =>
  readFileSync(new URL(name, migrations), "utf8").split("-- Down Migration")[0] ?? "";

/** The directory with its tenants, without events. */
async function makeDirectory(client: pg.Client): Promise<void> {
  for (const name of readdirSync(migrations).sort()) await client.query(upMigration(name));
  await client.query(
    `INSERT INTO tenant (id, slug, name) SELECT ${uuid("'t' || n")}, 't' || n, 'Tenant ' || n FROM generate_series(0, ${TENANTS - 1}) n`,
  );
  await client.query(
    `INSERT INTO employee (id, tenant_id, name, email, title, department, location, phone)
     SELECT ${uuid("'p' || t || '/' || p")}, ${uuid("'t' || t")}, 'P ' || p, 'p' || p || '@t' || t || '.test', 't', 'd', 'l', 'x'
     FROM generate_series(0, ${TENANTS - 1}) t, generate_series(0, 4) p`,
  );
}

async function batch(client: pg.Client, from: number, to: number, counted: boolean): Promise<void> {
  const { rows } = await client.query<{ number: string }>(
    `INSERT INTO usage_batch (key, events, counted_at) VALUES (gen_random_uuid(), $1, ${counted ? "now()" : "NULL"}) RETURNING number`,
    [to - from + 1],
  );
  await client.query(EVENTS, [from, to, rows[0]?.number]);
}

/** CPU of this process for each event that a request records, without what the test itself costs. */
async function captureCost(): Promise<number> {
  const batches: UsageBatch[] = [];
  const usage = createUsageCapture({
    store: async (one) => void batches.push(one),
    metrics: createMetrics(),
    clock: systemClock,
    log: createLog("app", "silent"),
    limits: { maxWaiting: CAPTURED, maxBatch: 1_000, intervalMs: 50 },
  });
  const ids = Array.from({ length: 1_000 }, () => randomUUID());
  const before = process.cpuUsage();
  for (let i = 0; i < CAPTURED; i++) {
    usage.record({
      kind: "search",
      tenantId: ids[i % 100] ?? "",
      userId: ids[i % 1_000] ?? "",
      term: "payroll",
    });
    // As requests do, events come in turns of the event loop.
    if (i % 200 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await usage.close();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CAPTURED;
}

/** Memory of a collector of its own after all its jobs: this process also holds the benchmark. */
async function memoryOf(env: Readonly<Record<string, string>>, jobs: readonly string[]): Promise<number> {
  const main = new URL("./collector-memory.ts", import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    ["--max-old-space-size=256", "--max-semi-space-size=2", "--import", "tsx", main, ...jobs],
    {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let text = "";
  for await (const chunk of child.stdout) text += String(chunk);
  return Number(text.trim());
}

/** Says that it has nothing, as a Prometheus without a past does. */
async function startEmptyPrometheus(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end('{"status":"success","data":{"resultType":"vector","result":[]}}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function* ticketRows(): Generator<string> {
  yield "id,opened_at,resolved_at\n";
  for (let i = 0; i < IMPORTED; i += 1_000) {
    yield Array.from(
      { length: 1_000 },
      (_, n) => `T-${i + n},2026-01-05T08:00:00Z,2026-01-05T10:00:00Z\n`,
    ).join("");
  }
}

/** Bytes that the database has written to its log so far: what its disk and its replicas have to carry. */
async function walBytes(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(
    "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS bytes",
  );
  return Number(rows[0]?.bytes);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** @param args the most events, where fewer will do */
export async function run(print: (line: string) => void, args: readonly string[] = []): Promise<void> {
  const most = Number(args[0] ?? STEPS.at(-1));
  const servers = await startTestServers();
  const prometheus = await startEmptyPrometheus();
  const client = new pg.Client({ connectionString: servers.postgresUrl });
  const log = createLog("collector", "silent");
  let database: Database | undefined;
  const redis = await openRedis(servers.redisUrl, log);
  try {
    await client.connect();
    // Making the data is not what is measured.
    await client.query("SET synchronous_commit = off");
    await client.query("SET work_mem = '256MB'");
    await makeDirectory(client);
    await migrate(servers.postgresUrl);
    const metrics = createMetrics();
    database = createDatabase(servers.postgresUrl, metrics, log);
    const settings = {
      timeZone: "UTC",
      minPeople: 5,
      mail: undefined,
      consoleUrl: undefined,
      demoHistory: false,
    };
    const sources = { database, prometheus: createPrometheus(prometheus.url), pager: undefined, slos };
    const reports = createReports(sources, "UTC", systemClock);
    const jobs = createJobs({
      settings,
      database,
      redis: redis.client,
      reports,
      metrics,
      clock: systemClock,
      log,
    });
    let slowest = 0;
    let made = 0;
    for (const events of STEPS.filter((step) => step <= most)) {
      const madeMs = await timed(async () => {
        for (; made < events; made += Math.min(500_000, events - made)) {
          await batch(client, made, Math.min(made + 500_000, events) - 1, true);
        }
        for (const text of ROLL_UPS) await client.query(text);
        await client.query(`ANALYZE ${TABLES.join(", ")}`);
      });
      print(
        `${events.toLocaleString("en-GB")} events of ${TENANTS.toLocaleString("en-GB")} tenants made in ${Math.round(madeMs / 1_000)} s`,
      );
      slowest = 0;
      for (const job of jobs) {
        const runs: number[] = [];
        for (let i = 0; i < RUNS; i++) {
          if (job.name === "usage-roll-up") {
            for (let from = 0; from < NEW_EVENTS; from += 1_000) await batch(client, from, from + 999, false);
          }
          const cpu = process.cpuUsage();
          const wal = await walBytes(client);
          const ms = await timed(async () => {
            const outcome = await attempt(job, new AbortController().signal);
            if (outcome.ended !== "success")
              throw new Error(`Cannot measure ${job.name} as it failed: ${outcome.reason}`);
          });
          const { user, system } = process.cpuUsage(cpu);
          runs.push(ms);
          if (i === RUNS - 1) {
            const all = `${Math.min(...runs).toFixed(0)} to ${Math.max(...runs).toFixed(0)} ms`;
            const own = (user + system) / 1_000;
            const written = ((await walBytes(client)) - wal) / 1e6;
            print(
              `  ${job.name}: ${rounded(median(runs))} ms (${all}); of the last ${rounded(own)} ms in the collector and ` +
                `${rounded(Math.max(0, ms - own))} ms in the database, which wrote ${rounded(written)} MB of log`,
            );
          }
        }
        slowest = Math.max(slowest, median(runs));
      }
      const month = new Date(Date.now() - 8 * 86_400_000).toISOString().slice(0, 7);
      // What the reports' job does on the day on which one is due; that the mail is sent is the mail server's time.
      const due: number[] = [];
      for (let i = 0; i < RUNS; i++) {
        due.push(
          await timed(async () => {
            await drawApart(reports.make(parsePeriod(month, "UTC")));
          }),
        );
      }
      print(
        `  a month's report with its charts and PDF, while Prometheus knows nothing: ${rounded(median(due))} ms ` +
          `(${Math.min(...due).toFixed(0)} to ${Math.max(...due).toFixed(0)} ms)`,
      );
      slowest = Math.max(slowest, median(due));
    }
    const load = await client.query<{ name: string; mb: number }>(
      `SELECT relname AS name, round(pg_total_relation_size(c.oid) / 1e6)::int AS mb FROM pg_class c
       JOIN pg_namespace n ON n.oid = relnamespace
       WHERE relkind = 'r' AND (nspname = 'collector' OR relname IN ('usage_event', 'usage_batch')) ORDER BY mb DESC LIMIT 6`,
    );
    print(`database: ${load.rows.map(({ name, mb }) => `${name} ${mb} MB`).join(", ")}`);
    for (const job of jobs) job.show?.(undefined);
    const series = (await metrics.registry.metrics())
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#")).length;
    const rss = await memoryOf(
      {
        WATCHKEEPER_BENCH_DATABASE_URL: servers.postgresUrl,
        WATCHKEEPER_BENCH_REDIS_URL: servers.redisUrl,
        WATCHKEEPER_BENCH_PROMETHEUS_URL: prometheus.url,
      },
      jobs.map(({ name }) => name),
    );
    const imported = await timed(() =>
      importRows(database as Database, tickets, { csv: Readable.from(ticketRows()) }),
    );
    print(
      `an import of ${IMPORTED.toLocaleString("en-GB")} tickets: ${rounded(imported / 1_000)} s, all or none`,
    );
    const costs: number[] = [];
    for (let i = 0; i < RUNS; i++) costs.push(await captureCost());
    print(
      `recording an event: ${rounded(median(costs))} µs of CPU (${costs.map((cost) => cost.toFixed(2)).join(", ")})`,
    );
    print(
      JSON.stringify({
        slowest_job_ms: rounded(slowest),
        rss_mb: Math.round(rss),
        series,
        capture_us: Math.round(median(costs) * 100) / 100,
      }),
    );
  } finally {
    redis.close();
    await database?.close();
    await client.end();
    await prometheus.close();
    await servers.stop();
  }
}
