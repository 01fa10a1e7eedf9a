import { usageLagSeconds } from "@watchkeeper/catalogue/metrics/collector";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import { z } from "zod";
import type { Database } from "../database/database.ts";
import { defineJob } from "../job.ts";
import { rollUp } from "../usage/roll-up.ts";

const count = z.number().int().min(0);

/** Adds what the app has stored to the figures. */
export function createUsageRollUpJob(database: Database, metrics: Metrics, timeZone: string) {
  let lagSeconds: number | undefined;
  metrics.gauge(usageLagSeconds, (set) => {
    if (lagSeconds !== undefined) set({}, lagSeconds);
  });
  return defineJob({
    name: "usage-roll-up",
    schedule: { cron: "*/15 * * * * *", jitterMs: 2_000 },
    timeoutMs: 12_000,
    runs: "once",
    result: z.object({ batches: count, events: count, lagSeconds: z.number().min(0) }),
    collect: (signal) => rollUp(database, timeZone, signal),
    show: (result) => {
      lagSeconds = result?.lagSeconds;
    },
  });
}
