import { defineCounter } from "../metric.ts";

export const employeeSearchQueriesTotal = defineCounter({
  name: "employee_search_queries_total",
  help: "Employee searches by what they found",
  unit: "items",
  labels: ["search_result"],
  emittedBy: ["app"],
});
