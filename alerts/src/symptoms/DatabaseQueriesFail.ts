import { databaseErrorsTotal, databaseQueryDurationSeconds } from "@watchkeeper/catalogue/metrics/database";
import { count, notMatch, promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";
import { databaseUnreachable } from "./DatabaseUnreachable.ts";

const ours = notMatch("constraint|conflict");
const failed = series(databaseErrorsTotal, { error_class: ours });
const share = promql`sum by (job) (rate(${failed}[5m])) / sum by (job) (rate(${count(databaseQueryDurationSeconds)}[5m]))`;
const of = { job: "app", instance: "a" } as const;
const all = count(databaseQueryDurationSeconds, { ...of, query: "employee-list" });
const errors = (error_class: "timeout" | "constraint") => series(databaseErrorsTotal, { ...of, error_class });

/** What was refused for its content is somebody's answer and no trouble of ours. */
export const databaseQueriesFail = defineAlert({
  name: "DatabaseQueriesFail",
  expr: promql`${share} > 0.01 and sum by (job) (increase(${failed}[5m])) > 5`,
  for: "5m",
  severity: "ticket",
  service: "app",
  owner: "directory",
  summary: "More than one query of the database in a hundred fails.",
  description:
    "{{ $value | humanizePercentage }} of the database queries of {{ $labels.job }} fail (more than 1 %).",
  runbook: {
    meaning:
      "More than 1 % of the queries, and more than five within five minutes, have failed for a reason that is no fault of whoever asked.",
    impact: "Requests fail, or are late since they were tried again.",
    firstQuery: promql`sum by (job, error_class) (rate(${series(databaseErrorsTotal)}[5m]))`,
    diagnosis: [
      "`connection`: DatabaseUnreachable says whether anything gets through.",
      "`timeout`: queries have become slow or wait for locks; TransactionTooLong names who holds them.",
      "`resources`: connections or disk of the server are used up.",
      "`query`: the statement itself is wrong, most often since a new version and an old schema meet.",
    ],
    mitigation: ["Mend what the class says; a statement that is wrong goes back with its version."],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "performance",
  panel: "performance/database-errors",
  logs: "app",
  inhibitedBy: {
    alerts: [databaseUnreachable],
    same: ["job"],
    because: "every query of a database that is away fails",
  },
  tests: {
    fires: [
      {
        title: "a tenth runs into its timeout",
        input: [
          { series: all, values: "0+100x80" },
          { series: errors("timeout"), values: "0+10x80" },
        ],
        at: "15m",
        labels: { job: "app" },
        description: "10% of the database queries of app fail (more than 1 %).",
      },
    ],
    quiet: [
      {
        title: "people enter what is there already",
        input: [
          { series: all, values: "0+100x80" },
          { series: errors("constraint"), values: "0+10x80" },
        ],
        at: "15m",
      },
      {
        title: "one of a thousand fails",
        input: [
          { series: all, values: "0+1000x80" },
          { series: errors("timeout"), values: "0+1x80" },
        ],
        at: "15m",
      },
      {
        title: "two of ten fail at night",
        input: [
          { series: all, values: "0 10x80" },
          { series: errors("timeout"), values: "0 2x80" },
        ],
        at: "15m",
      },
    ],
  },
});
