import { parseExposition } from "@watchkeeper/exporters/exposition";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { createManualClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import { until } from "@watchkeeper/testing/poll";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { defineJob, type Job } from "../job.ts";
import { createTestBed, type TestBed } from "../test-bed.ts";
import { createLeases, type Leases } from "./lease.ts";
import { runJobs } from "./runner.ts";

const START = Date.parse("2026-11-09T10:00:05Z");
const schema = z.object({ value: z.number() });

/** For jobs that need no database. */
const nowhere: Leases = {
  claim: () => Promise.reject(new Error("the database is away")),
  finish: () => Promise.reject(new Error("the database is away")),
  read: () => Promise.reject(new Error("the database is away")),
};

function start(jobs: readonly Job[], leases: Leases = nowhere, startMs = START) {
  const lines: { message: string; reason?: string; job?: string }[] = [];
  const log = createLog("collector", "info", { write: (line) => void lines.push(JSON.parse(line)) });
  const clock = createManualClock(startMs);
  const metrics = createMetrics();
  const stopped = new AbortController();
  const running = runJobs({
    jobs,
    timeZone: "UTC",
    leases,
    metrics,
    clock,
    log,
    random: () => 0.5,
    signal: stopped.signal,
  });
  const value = async (name: string, labels: Record<string, string> = {}): Promise<number | undefined> =>
    parseExposition(await metrics.registry.metrics())
      .flatMap(({ samples }) => samples)
      .find(
        (sample) =>
          sample.name === name &&
          Object.entries(labels).every(([key, wanted]) => sample.labels[key] === wanted),
      )?.value;
  return {
    clock,
    lines,
    value,
    runs: (job_result: string) =>
      value("watchkeeper_job_runs_total", { job_name: "active-sessions", job_result }),
    end: () => {
      stopped.abort();
      return running;
    },
  };
}

const everywhere = (collect: Job["collect"], more: Partial<Job> = {}): Job =>
  defineJob({
    name: "active-sessions",
    schedule: { cron: "* * * * *", jitterMs: 0 },
    timeoutMs: 50,
    runs: "everywhere",
    result: schema,
    collect: collect as () => Promise<{ value: number }>,
    ...more,
  } as Job<{ value: number }>);

test("jobs that hang, throw or find nonsense are told once, counted, and neither delay nor stop another", async () => {
  const outcomes = [
    () => Promise.reject(new Error("refused")),
    () => new Promise<never>(() => undefined),
    async () => ({ value: Number.NaN }),
    async () => ({ value: 7 }),
  ];
  let turn = 0;
  let others = 0;
  const shown: (number | undefined)[] = [];
  const job = everywhere(() => (outcomes[turn++] ?? (async () => ({ value: 8 })))(), {
    show: (result) => shown.push((result as { value: number } | undefined)?.value),
  });
  const other = everywhere(
    async () => {
      others++;
      return { value: 1 };
    },
    { name: "retention" },
  );
  const { clock, lines, value, runs, end } = start([job, other]);
  await until("the first failure", () => (shown.length === 1 ? true : undefined));
  await clock.advance(55_000);
  await until("the time limit", () => (shown.length === 2 ? true : undefined));
  expect(others).toBe(2);
  await clock.advance(60_000);
  await until("the nonsense", () => (shown.length === 3 ? true : undefined));
  await clock.advance(60_000);
  await until("the success", () => (shown.length === 4 ? true : undefined));
  expect(shown).toEqual([undefined, undefined, undefined, 7]);
  expect([await runs("failure"), await runs("timeout"), await runs("success")]).toEqual([2, 1, 1]);
  expect(await value("watchkeeper_job_last_success_timestamp_seconds", { job_name: "active-sessions" })).toBe(
    Date.parse("2026-11-09T10:03:00Z") / 1_000,
  );
  expect(await value("watchkeeper_job_next_run_timestamp_seconds", { job_name: "active-sessions" })).toBe(
    Date.parse("2026-11-09T10:04:00Z") / 1_000,
  );
  expect(
    await value("watchkeeper_job_last_duration_seconds", { job_name: "active-sessions" }),
  ).toBeGreaterThan(0);
  await end();
  expect(
    lines.filter((line) => line.job === "active-sessions").map(({ message, reason }) => [message, reason]),
  ).toEqual([
    ["job fails", "refused"],
    ["job works again", undefined],
  ]);
});

test("a clock that jumps ahead runs a job once, not once for every minute it left out; set back, it goes on", async () => {
  const seen: number[] = [];
  let now = START;
  const sleepers: (() => void)[] = [];
  const clock = {
    now: () => now,
    sleep: () => new Promise<void>((resolve) => void sleepers.push(resolve)),
  };
  const tick = async (to: string): Promise<void> => {
    now = Date.parse(to);
    for (let i = 0; i < 5; i++) {
      for (const wake of sleepers.splice(0)) wake();
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const stopped = new AbortController();
  const metrics = createMetrics();
  const running = runJobs({
    jobs: [
      everywhere(async () => {
        seen.push(now);
        return { value: 1 };
      }),
    ],
    timeZone: "UTC",
    leases: nowhere,
    metrics,
    clock,
    log: createLog("collector", "silent"),
    random: () => 0,
    signal: stopped.signal,
  });
  await tick("2026-11-09T10:00:05Z");
  await tick("2026-11-09T10:01:00Z");
  await tick("2027-11-09T10:00:30Z");
  await tick("2027-11-09T10:01:00Z");
  await tick("2026-11-09T10:02:10Z");
  await tick("2026-11-09T10:03:00Z");
  stopped.abort();
  for (const wake of sleepers) wake();
  await running;
  expect(seen.map((ms) => new Date(ms).toISOString())).toEqual([
    "2026-11-09T10:00:05.000Z",
    "2026-11-09T10:01:00.000Z",
    "2027-11-09T10:01:00.000Z",
    "2026-11-09T10:03:00.000Z",
  ]);
});

let bed: TestBed | undefined;
afterEach(async () => {
  await bed?.close();
  bed = undefined;
});

test("two collectors on one database run a job once each time, and both show what it found", async () => {
  bed = await createTestBed();
  const { database } = bed;
  let runs = 0;
  const shown: [unknown[], unknown[]] = [[], []];
  const jobOf = (mine: unknown[]): Job =>
    everywhere(async () => ({ value: ++runs }), {
      runs: "once",
      timeoutMs: 5_000,
      show: (result) => mine.push((result as { value: number } | undefined)?.value),
    });
  const startMs = Math.floor(Date.now() / 60_000) * 60_000 + 58_000;
  const one = start([jobOf(shown[0])], createLeases(database, crypto.randomUUID()), startMs);
  const two = start([jobOf(shown[1])], createLeases(database, crypto.randomUUID()), startMs);
  await Promise.all([one.clock.advance(2_000), two.clock.advance(2_000)]);
  await until("both to have tried", async () =>
    ((await one.runs("success")) ?? 0) + ((await two.runs("success")) ?? 0) === 1 &&
    ((await one.runs("skipped")) ?? 0) + ((await two.runs("skipped")) ?? 0) === 1
      ? true
      : undefined,
  );
  await until("both to have learnt it", async () => {
    await Promise.all([one.clock.advance(15_000), two.clock.advance(15_000)]);
    return shown[0].includes(1) && shown[1].includes(1) ? true : undefined;
  });
  await Promise.all([one.end(), two.end()]);
  expect(runs).toBe(1);
});

test("a lease keeps others away until it is over, and a clock that is wrong takes no part", async () => {
  bed = await createTestBed();
  const mine = createLeases(bed.database, crypto.randomUUID());
  const theirs = createLeases(bed.database, crypto.randomUUID());
  const slot = new Date();
  const later = new Date(slot.getTime() + 1_000);
  expect(await mine.claim("reports", slot, 60_000)).toEqual({ granted: true });
  expect(await theirs.claim("reports", slot, 60_000)).toEqual({ granted: false, reason: "done-elsewhere" });
  expect(await theirs.claim("reports", later, 60_000)).toEqual({ granted: false, reason: "under-way" });
  await mine.finish("reports", [{ period: "2026-W46" }]);
  expect((await theirs.read("reports"))?.result).toEqual([{ period: "2026-W46" }]);
  expect(await theirs.claim("reports", later, 60_000)).toEqual({ granted: true });
  // A collector that ended without a word.
  await bed.rows("UPDATE collector.job SET lease_until = now() - interval '1 second'");
  expect(await mine.claim("reports", new Date(later.getTime() + 1_000), 60_000)).toEqual({ granted: true });
  await theirs.finish("reports", "too late");
  expect((await mine.read("reports"))?.result).toEqual([{ period: "2026-W46" }]);
  const nextYear = new Date(slot.getTime() + 365 * 86_400_000);
  expect(await mine.claim("retention", nextYear, 1_000)).toEqual({ granted: false, reason: "clock-differs" });
  // What a wrong clock has left behind keeps nobody from working.
  await bed.rows("UPDATE collector.job SET slot = now() + interval '1 year', lease_until = NULL");
  expect(await mine.claim("reports", new Date(), 1_000)).toEqual({ granted: true });
});
