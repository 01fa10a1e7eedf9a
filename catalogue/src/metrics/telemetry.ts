import { defineCounter } from "../metric.ts";

const emittedBy = ["app", "collector", "pager", "console"] as const;

export const telemetryLogLinesTotal = defineCounter({
  name: "telemetry_log_lines_total",
  help: "Log lines that were to leave for Loki, by what became of them; standard output has them all",
  unit: "items",
  labels: ["line_result"],
  emittedBy,
});

export const telemetrySpansTotal = defineCounter({
  name: "telemetry_spans_total",
  help: "Spans that were recorded, by what became of them",
  unit: "items",
  labels: ["span_result"],
  emittedBy,
});
