import { defineCounter, defineHistogram } from "../metric.ts";

export const employeeSearchQueriesTotal = defineCounter({
  name: "employee_search_queries_total",
  help: "Employee searches by what they found",
  unit: "items",
  labels: ["search_result"],
  emittedBy: ["app"],
});

/** 0.15 s is the promise for the 95th percentile. */
export const employeeSearchDurationSeconds = defineHistogram({
  name: "employee_search_duration_seconds",
  help: "Time an employee search took, those that failed included",
  unit: "seconds",
  labels: [],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5],
  emittedBy: ["app"],
});
