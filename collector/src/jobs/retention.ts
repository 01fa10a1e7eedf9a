import type { Database } from "../database/database.ts";
import { defineJob } from "../job.ts";
import { deletedSchema, deleteOld } from "../usage/retention.ts";

/** Deletes what has been kept for long enough. */
export const createRetentionJob = (database: Database) =>
  defineJob({
    name: "retention",
    schedule: { cron: "*/10 * * * *", jitterMs: 60_000 },
    timeoutMs: 15_000,
    runs: "once",
    result: deletedSchema,
    collect: (signal) => deleteOld(database, signal),
  });
