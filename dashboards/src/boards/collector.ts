import { usageEventsTotal, usageEventsWaiting } from "@watchkeeper/catalogue/metrics/business";
import {
  importedRowsTotal,
  jobLastDurationSeconds,
  jobLastSuccessTimestampSeconds,
  jobNextRunTimestampSeconds,
  jobRunsTotal,
  reportDeliveriesTotal,
  usageLagSeconds,
} from "@watchkeeper/catalogue/metrics/collector";
import { match, promql, series } from "@watchkeeper/catalogue/promql";
import { defineBoard } from "../board.ts";
import { label, query, rateInterval } from "../query.ts";
import { rising } from "../thresholds.ts";

export const collector = defineBoard({
  uid: "collector",
  title: "The collector's jobs",
  about: "Are the figures for managers counted, and do imports and reports arrive?",
  tags: ["watchkeeper", "collector"],
  span: "6h",
  links: ["overview", "watchkeeper", "business"],
  rows: [
    {
      title: "Jobs, imports and reports",
      panels: [
        {
          type: "table",
          key: "jobs",
          title: "Jobs",
          about: "What the collector does at set times, those that have not succeeded for longest first.",
          width: 16,
          metric: jobLastSuccessTimestampSeconds,
          labels: { job_name: "Job" },
          columns: [
            {
              title: "Last success, ago",
              query: query(promql`time() - max by (job_name) (${series(jobLastSuccessTimestampSeconds)})`),
              unit: "s",
              decimals: 0,
            },
            {
              title: "Took",
              query: query(promql`max by (job_name) (${series(jobLastDurationSeconds)})`),
              unit: "s",
            },
            {
              title: "Next in",
              query: query(promql`min by (job_name) (${series(jobNextRunTimestampSeconds)}) - time()`),
              unit: "s",
              decimals: 0,
            },
            {
              title: "Failed in an hour",
              query: query(
                promql`round(sum by (job_name) (increase(${series(jobRunsTotal, { job_result: match("failure|timeout") })}[1h])))`,
              ),
              unit: "none",
              decimals: 0,
              thresholds: rising(1, 5),
            },
          ],
          sortBy: "Last success, ago",
          nothing: "no job has run yet",
        },
        {
          type: "stat",
          key: "usage-lag",
          title: "Use not counted yet",
          about:
            "Age of the oldest events of use that no figure counts yet. Much more than a minute is a backlog.",
          width: 4,
          metric: usageLagSeconds,
          queries: [query(promql`max(${series(usageLagSeconds)})`)],
          thresholds: rising(120, 900),
        },
        {
          type: "stat",
          key: "usage-waiting",
          title: "Use not stored yet",
          about:
            "Events of use in the memory of the app's instances. A growing number means that its database is away.",
          width: 4,
          metric: usageEventsWaiting,
          decimals: 0,
          queries: [query(promql`sum(${series(usageEventsWaiting)})`)],
          thresholds: rising(2_000, 8_000),
        },
        {
          type: "timeseries",
          key: "usage-events",
          title: "Events of use, by what became of them",
          about: "What is dropped is missing from the business figures.",
          width: 8,
          metric: usageEventsTotal,
          unit: "ops",
          queries: [
            query(
              promql`sum by (usage_outcome) (rate(${series(usageEventsTotal)}[${rateInterval}]))`,
              label(usageEventsTotal, "usage_outcome"),
            ),
          ],
          colours: { dropped: "red" },
        },
        {
          type: "timeseries",
          key: "imports",
          title: "Rows of imports, by what became of them",
          about: "One bad row refuses its whole file.",
          width: 8,
          metric: importedRowsTotal,
          unit: "none",
          decimals: 0,
          queries: [
            query(
              promql`sum by (import_name, import_result) (increase(${series(importedRowsTotal)}[${rateInterval}]))`,
              `${label(importedRowsTotal, "import_name")} ${label(importedRowsTotal, "import_result")}`,
            ),
          ],
        },
        {
          type: "timeseries",
          key: "reports",
          title: "Reports mailed to managers, in a day",
          about: "A refused report is tried again by itself; an unsure one may have arrived and is not.",
          width: 8,
          metric: reportDeliveriesTotal,
          unit: "none",
          decimals: 0,
          queries: [
            query(
              promql`round(sum by (report_kind, report_result) (increase(${series(reportDeliveriesTotal)}[24h])))`,
              `${label(reportDeliveriesTotal, "report_kind")} ${label(reportDeliveriesTotal, "report_result")}`,
            ),
          ],
        },
      ],
    },
  ],
});
