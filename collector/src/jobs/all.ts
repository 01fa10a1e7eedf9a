import type { Metrics } from "@watchkeeper/exporters/metrics";
import type { Clock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import type { RedisClient } from "@watchkeeper/process/redis";
import type { Database } from "../database/database.ts";
import type { Job } from "../job.ts";
import type { Reports } from "../report/reports.ts";
import type { CollectorSettings } from "../settings.ts";
import { createActiveSessionsJob } from "./active-sessions.ts";
import { createBusinessFiguresJob } from "./business-figures.ts";
import { createDemoHistoryJob } from "./demo-history.ts";
import { createReportsJob } from "./reports.ts";
import { createRetentionJob } from "./retention.ts";
import { createTopListsJob } from "./top-lists.ts";
import { createUsageRollUpJob } from "./usage-roll-up.ts";

export interface JobDeps {
  readonly settings: Pick<
    CollectorSettings,
    "timeZone" | "minPeople" | "mail" | "consoleUrl" | "demoHistory"
  >;
  readonly database: Database;
  readonly redis: RedisClient;
  readonly reports: Reports;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
}

/** Every job of the collector. */
export function createJobs({
  settings,
  database,
  redis,
  reports,
  metrics,
  clock,
  log,
}: JobDeps): readonly Job[] {
  const { timeZone, minPeople, mail, consoleUrl, demoHistory } = settings;
  return [
    createActiveSessionsJob(redis, metrics, clock),
    createUsageRollUpJob(database, metrics, timeZone),
    createBusinessFiguresJob(database, metrics),
    createTopListsJob(database, timeZone, minPeople),
    createRetentionJob(database),
    createReportsJob({ database, metrics, reports, timeZone, mail, consoleUrl, clock, log }),
    ...(demoHistory ? [createDemoHistoryJob(database, timeZone)] : []),
  ];
}
