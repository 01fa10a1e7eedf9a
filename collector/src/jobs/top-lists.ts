import { z } from "zod";
import type { Database } from "../database/database.ts";
import { defineJob } from "../job.ts";
import { publishTopLists } from "../usage/top-lists.ts";

const count = z.number().int().min(0);

/** Publishes what may be shown of terms and profiles, tenant by tenant. */
export const createTopListsJob = (database: Database, timeZone: string, minPeople: number) =>
  defineJob({
    name: "top-lists",
    schedule: { cron: "* * * * *", jitterMs: 20_000 },
    timeoutMs: 15_000,
    runs: "once",
    result: z.object({ tenants: count, waiting: count }),
    collect: (signal) => publishTopLists(database, timeZone, minPeople, signal),
  });
