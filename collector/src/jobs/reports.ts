import { reportDeliveriesTotal } from "@watchkeeper/catalogue/metrics/collector";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import type { Clock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import { z } from "zod";
import type { Database } from "../database/database.ts";
import { defineJob } from "../job.ts";
import { deliverReports } from "../report/deliver.ts";
import { type MailSettings, sendReport } from "../report/mail.ts";
import type { Reports } from "../report/reports.ts";

export interface ReportsJobDeps {
  readonly database: Database;
  readonly metrics: Metrics;
  readonly reports: Reports;
  readonly timeZone: string;
  /** Without it nothing is sent. */
  readonly mail: MailSettings | undefined;
  readonly consoleUrl: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Mails the reports of the last week and month to managers once they are due. */
export function createReportsJob(deps: ReportsJobDeps) {
  const { database, metrics, reports, timeZone, mail, consoleUrl, clock, log } = deps;
  const attempts = metrics.counter(reportDeliveriesTotal);
  return defineJob({
    name: "reports",
    schedule: { cron: "*/5 * * * *", jitterMs: 30_000 },
    timeoutMs: 180_000,
    runs: "once",
    result: z.array(
      z.object({
        period: z.string(),
        result: z.enum(["sent", "refused", "unsure"]),
        reason: z.string().optional(),
      }),
    ),
    async collect() {
      if (!mail) return [];
      const count = (report_kind: "week" | "month", report_result: "sent" | "refused" | "unsure"): void =>
        attempts.inc({ report_kind, report_result });
      const send = (making: Parameters<typeof sendReport>[0]) => sendReport(making, mail, consoleUrl);
      const delivered = await deliverReports(
        { database, timeZone, make: reports.make, send, count, log },
        clock.now(),
      );
      return delivered.map((one) => ({ ...one }));
    },
  });
}
