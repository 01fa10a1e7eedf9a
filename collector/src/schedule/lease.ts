import type { Database } from "../database/database.ts";
import type { JobName } from "../job.ts";

/** Why a collector does not run a job now, where it does not. */
export type Claim =
  | { readonly granted: true }
  | { readonly granted: false; readonly reason: "done-elsewhere" | "under-way" | "clock-differs" };

/** What the database knows of a job that runs once for all collectors. */
export interface JobRecord {
  readonly succeededAt: Date | null;
  /** As the job's own schema stored it; null before the first success. */
  readonly result: unknown;
}

/** Who runs which job for which moment: kept in the database, and judged by its clock. */
export interface Leases {
  /** Asks to run a job for the moment at which it was due. */
  claim(job: JobName, slot: Date, leaseMs: number): Promise<Claim>;
  /** Ends a run: with a result when it succeeded. Nothing happens when the lease has gone to somebody else. */
  finish(job: JobName, result?: unknown): Promise<void>;
  read(job: JobName): Promise<JobRecord | undefined>;
}

/** A collector whose clock is further off takes no part: it would run what is not due, or for ever nothing. */
const CLOCK_TOLERANCE_SECONDS = 90;

/**
 * A slot after the database's own now can only be left from a clock that was ahead: it must not keep the job from
 * running until that time has come.
 */
const CLAIM = `
  WITH now AS (SELECT now() AS at, abs(extract(epoch FROM now() - $2::timestamptz)) > ${CLOCK_TOLERANCE_SECONDS} AS off),
  claimed AS (
    INSERT INTO collector.job AS job (name, slot, holder, lease_until)
    SELECT $1, $2, $3, now.at + $4 * interval '1 millisecond' FROM now WHERE NOT now.off
    ON CONFLICT (name) DO UPDATE SET slot = excluded.slot, holder = excluded.holder, lease_until = excluded.lease_until
    WHERE (job.slot < excluded.slot OR job.slot > now() + ${CLOCK_TOLERANCE_SECONDS} * interval '1 second')
      AND (job.lease_until IS NULL OR job.lease_until < now())
    RETURNING name
  )
  SELECT now.off, EXISTS (SELECT FROM claimed) AS granted,
    EXISTS (SELECT FROM collector.job WHERE name = $1 AND slot >= $2) AS done
  FROM now`;

const FINISH = `
  UPDATE collector.job SET lease_until = NULL, holder = NULL,
    succeeded_at = CASE WHEN $3::jsonb IS NULL THEN succeeded_at ELSE now() END, result = coalesce($3, result)
  WHERE name = $1 AND holder = $2`;

/** @param holder a UUID of this collector alone */
export function createLeases(database: Pick<Database, "query">, holder: string): Leases {
  return {
    async claim(job, slot, leaseMs) {
      const { rows } = await database.query<{ off: boolean; granted: boolean; done: boolean }>(
        "job_claim",
        CLAIM,
        [job, slot.toISOString(), holder, leaseMs],
      );
      const row = rows[0];
      if (row?.granted) return { granted: true };
      if (row?.off) return { granted: false, reason: "clock-differs" };
      return { granted: false, reason: row?.done ? "done-elsewhere" : "under-way" };
    },
    async finish(job, result) {
      const stored = result === undefined ? null : JSON.stringify(result);
      await database.query("job_finish", FINISH, [job, holder, stored]);
    },
    async read(job) {
      const { rows } = await database.query<{ succeeded_at: Date | null; result: unknown }>(
        "job_read",
        "SELECT succeeded_at, result FROM collector.job WHERE name = $1",
        [job],
      );
      const row = rows[0];
      return row && { succeededAt: row.succeeded_at, result: row.result };
    },
  };
}
