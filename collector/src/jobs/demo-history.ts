import { z } from "zod";
import type { Database } from "../database/database.ts";
import { seedDemoHistory } from "../demo/seed.ts";
import { defineJob } from "../job.ts";

/** Gives the demo's tenants a past, once, as soon as they are there. */
export const createDemoHistoryJob = (database: Database, timeZone: string) =>
  defineJob({
    name: "demo-history",
    schedule: { cron: "*/15 * * * * *", jitterMs: 0 },
    timeoutMs: 60_000,
    runs: "once",
    result: z.object({ seeded: z.boolean(), events: z.number().int().min(0) }),
    collect: () => seedDemoHistory(database, timeZone),
  });
