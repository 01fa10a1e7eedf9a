import { defineCounter, defineGauge } from "../metric.ts";

const emittedBy = ["collector"] as const;

export const jobRunsTotal = defineCounter({
  name: "watchkeeper_job_runs_total",
  help: "Scheduled runs of the collector's jobs by how they ended; skipped ones ran elsewhere or not at all",
  unit: "items",
  labels: ["job_name", "job_result"],
  emittedBy,
});

export const jobLastDurationSeconds = defineGauge({
  name: "watchkeeper_job_last_duration_seconds",
  help: "Time the last run of a job took in this collector",
  unit: "seconds",
  labels: ["job_name"],
  emittedBy,
});

/** Jobs that run once for all collectors keep it in the database: every collector says the same. */
export const jobLastSuccessTimestampSeconds = defineGauge({
  name: "watchkeeper_job_last_success_timestamp_seconds",
  help: "When a job last succeeded, in Unix time; absent before the first success",
  unit: "timestamp_seconds",
  labels: ["job_name"],
  emittedBy,
});

export const jobNextRunTimestampSeconds = defineGauge({
  name: "watchkeeper_job_next_run_timestamp_seconds",
  help: "When a job is due next, in Unix time",
  unit: "timestamp_seconds",
  labels: ["job_name"],
  emittedBy,
});

export const usageLagSeconds = defineGauge({
  name: "watchkeeper_usage_lag_seconds",
  help: "Age of the oldest events of use that no figure counts yet; 0 when all are counted",
  unit: "seconds",
  labels: [],
  emittedBy,
});

export const importedRowsTotal = defineCounter({
  name: "watchkeeper_imported_rows_total",
  help: "Rows of imports by what became of them; one bad row refuses its whole file",
  unit: "items",
  labels: ["import_name", "import_result"],
  emittedBy,
});

export const reportDeliveriesTotal = defineCounter({
  name: "watchkeeper_report_deliveries_total",
  help: "Attempts to mail a report by how they ended",
  unit: "items",
  labels: ["report_kind", "report_result"],
  emittedBy,
});
