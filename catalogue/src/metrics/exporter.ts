import { defineCounter } from "../metric.ts";

export const metricOverflowsTotal = defineCounter({
  name: "metric_overflows_total",
  help: "What was counted as other because its metric has no room for more label values",
  unit: "items",
  labels: ["metric"],
  emittedBy: ["app", "collector", "pager", "console"],
});
