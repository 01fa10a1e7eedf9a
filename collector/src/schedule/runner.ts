import { setMaxListeners } from "node:events";
import type { LabelValue } from "@watchkeeper/catalogue/labels";
import {
  jobLastDurationSeconds,
  jobLastSuccessTimestampSeconds,
  jobNextRunTimestampSeconds,
  jobRunsTotal,
} from "@watchkeeper/catalogue/metrics/collector";
import { runCheck } from "@watchkeeper/exporters/check";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import type { Clock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import { reasonOf } from "@watchkeeper/process/main";
import type { Job, JobName } from "../job.ts";
import type { Leases } from "./lease.ts";
import { createSlots } from "./slots.ts";

/** A clock that jumps is noticed this soon. */
const LONGEST_SLEEP_MS = 10_000;
/** A moment that is further in the past has been missed: the machine slept, or the clock jumped. */
const LATE_MS = 60_000;
/** What another collector has found is learnt this soon. */
const LEARN_EVERY_MS = 15_000;

export interface RunnerDeps {
  readonly jobs: readonly Job[];
  readonly timeZone: string;
  readonly leases: Leases;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
  /** At least 0, less than 1: spreads the beginnings of runs. */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** How a run ended, with its reason where it did not succeed. */
export type Outcome =
  | { readonly ended: "success"; readonly result: unknown }
  | { readonly ended: "failure" | "timeout"; readonly reason: string };

/** Runs a job once, within its time, and checks what it found. Never throws. */
export async function attempt(job: Job, ended: AbortSignal): Promise<Outcome> {
  let result: unknown;
  let timedOut = false;
  try {
    await runCheck(async (signal) => {
      signal.addEventListener("abort", () => {
        timedOut = true;
      });
      result = await job.collect(AbortSignal.any([signal, ended]));
    }, job.timeoutMs);
  } catch (error) {
    return { ended: timedOut ? "timeout" : "failure", reason: reasonOf(error) };
  }
  const checked = job.result.safeParse(result);
  if (checked.success) return { ended: "success", result: checked.data };
  const [issue] = checked.error.issues;
  const field = issue?.path.join(".") || "the result";
  return { ended: "failure", reason: `it found something impossible: ${field}: ${issue?.message}` };
}

/**
 * Runs all jobs when they are due, until the signal aborts. Every job has a loop of its own: one that hangs, throws or
 * finds nonsense delays and stops no other.
 */
export async function runJobs(deps: RunnerDeps): Promise<void> {
  const { jobs, timeZone, leases, metrics, clock, log, random, signal } = deps;
  // Every job waits on it, and says so more than once.
  setMaxListeners(10 + 4 * jobs.length, signal);
  const runs = metrics.counter(jobRunsTotal);
  const count = (job_name: JobName, job_result: LabelValue<"job_result">): void =>
    runs.inc({ job_name, job_result });
  const durationsMs = new Map<JobName, number>();
  const successesMs = new Map<JobName, number>();
  const nextMs = new Map<JobName, number>();
  const failing = new Set<JobName>();
  for (const [definition, values] of [
    [jobLastDurationSeconds, durationsMs],
    [jobLastSuccessTimestampSeconds, successesMs],
    [jobNextRunTimestampSeconds, nextMs],
  ] as const) {
    metrics.gauge(definition, (set) => {
      for (const [job_name, ms] of values) set({ job_name }, ms / 1_000);
    });
  }

  function tellEnd(job: Job, outcome: Outcome): void {
    count(job.name, outcome.ended);
    if (outcome.ended === "success") {
      if (failing.delete(job.name)) log.info({ job: job.name }, "job works again");
    } else if (!failing.has(job.name) && !signal.aborted) {
      failing.add(job.name);
      log.warn({ job: job.name, reason: outcome.reason }, "job fails");
    }
  }

  async function perform(job: Job): Promise<Outcome> {
    const startMs = performance.now();
    const outcome = await attempt(job, signal);
    durationsMs.set(job.name, performance.now() - startMs);
    tellEnd(job, outcome);
    return outcome;
  }

  async function runEverywhere(job: Job): Promise<void> {
    const outcome = await perform(job);
    if (outcome.ended === "success") successesMs.set(job.name, clock.now());
    job.show?.(outcome.ended === "success" ? outcome.result : undefined);
  }

  async function runOnce(job: Job, slot: Date): Promise<void> {
    const claim = await leases.claim(job.name, slot, job.timeoutMs + 5_000);
    if (!claim.granted) {
      log.debug({ job: job.name, slot, reason: claim.reason }, "job skipped");
      return count(job.name, "skipped");
    }
    const outcome = await perform(job);
    await leases.finish(job.name, outcome.ended === "success" ? outcome.result : undefined);
    if (outcome.ended !== "success") job.show?.(undefined);
  }

  async function run(job: Job, slotMs: number): Promise<void> {
    try {
      await (job.runs === "everywhere" ? runEverywhere(job) : runOnce(job, new Date(slotMs)));
    } catch (error) {
      // The database did not say who may run it, or that it was run.
      tellEnd(job, { ended: "failure", reason: reasonOf(error) });
      job.show?.(undefined);
    }
  }

  async function keepRunning(job: Job): Promise<void> {
    const slots = createSlots(job.schedule.cron, timeZone);
    if (job.runs === "everywhere") await run(job, clock.now());
    let doneMs = clock.now();
    let due = { slotMs: Number.NaN, ms: Number.NaN };
    while (!signal.aborted) {
      const nowMs = clock.now();
      // After a jump back, what was done lies in the future and says nothing.
      if (doneMs > nowMs + LATE_MS) doneMs = nowMs;
      const slotMs = slots.after(doneMs);
      if (due.slotMs !== slotMs) due = { slotMs, ms: slotMs + Math.floor(random() * job.schedule.jitterMs) };
      nextMs.set(job.name, due.ms);
      if (nowMs < due.ms) {
        await clock.sleep(Math.min(LONGEST_SLEEP_MS, due.ms - nowMs), signal);
      } else if (nowMs > due.ms + LATE_MS) {
        count(job.name, "skipped");
        doneMs = nowMs;
      } else {
        await run(job, slotMs);
        const endMs = clock.now();
        // What became due meanwhile is skipped.
        if (slots.after(slotMs) < endMs) count(job.name, "skipped");
        doneMs = Math.max(slotMs, endMs);
      }
    }
  }

  /** Shows what the jobs that run once have found, whoever ran them. */
  async function keepLearning(): Promise<void> {
    const shared = jobs.filter(({ runs }) => runs === "once");
    while (!signal.aborted) {
      for (const job of shared) {
        try {
          const record = await leases.read(job.name);
          if (record?.succeededAt) successesMs.set(job.name, record.succeededAt.getTime());
          const known = job.result.safeParse(record?.result);
          // Another version of the collector may have stored what this one cannot read.
          if (!failing.has(job.name)) job.show?.(known.success ? known.data : undefined);
        } catch {
          job.show?.(undefined);
        }
      }
      await clock.sleep(LEARN_EVERY_MS, signal);
    }
  }

  await Promise.all([...jobs.map(keepRunning), keepLearning()]);
}
