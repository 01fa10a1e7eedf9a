import type { LabelValue } from "@watchkeeper/catalogue/labels";
import type { z } from "zod";

export type JobName = LabelValue<"job_name">;

/** When a job is due. */
export interface Schedule {
  /** Minute, hour, day, month, weekday in the collector's time zone; with six fields, seconds first. */
  readonly cron: string;
  /** The longest random wait after the moment at which it is due, so that many jobs do not begin in one second. */
  readonly jitterMs: number;
}

/**
 * Something that the collector does at set times: one file each in `jobs/`, listed in `jobs/all.ts`.
 *
 * Whoever runs it times it, counts how it ends, logs the first of several failures, ends it after `timeoutMs` and keeps
 * it from running twice. A moment at which the last run is still under way is skipped, never made up for.
 */
export interface Job<Result = unknown> {
  readonly name: JobName;
  readonly schedule: Schedule;
  /** It is called off then; a job that goes on nevertheless is no longer listened to. */
  readonly timeoutMs: number;
  /**
   * `once`: one collector of those on one database runs it and the others learn its result.
   * `everywhere`: each collector runs it for itself and needs no database for that.
   */
  readonly runs: "once" | "everywhere";
  /** What it finds, checked before anybody sees it: no NaN, nothing missing. */
  readonly result: z.ZodType<Result>;
  /** @param signal aborts when the time is up or the collector ends */
  collect(signal: AbortSignal): Promise<Result>;
  /**
   * Shows what was last found, here or by another collector; undefined when the newest run failed and what it would have
   * found is not known.
   */
  show?(result: Result | undefined): void;
}

/** Keeps the result's type while a job is written, and forgets it where jobs of all kinds stand in one list. */
export const defineJob = <Result>(job: Job<Result>): Job => job as unknown as Job;
