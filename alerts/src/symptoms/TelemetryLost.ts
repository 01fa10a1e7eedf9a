import { telemetryLogLinesTotal, telemetrySpansTotal } from "@watchkeeper/catalogue/metrics/telemetry";
import { match, promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert, ofItsJob } from "../alert.ts";

const lostLines = promql`sum by (job) (increase(${series(telemetryLogLinesTotal, { line_result: match("dropped|refused") })}[10m]))`;
const lostSpans = promql`sum by (job) (increase(${series(telemetrySpansTotal, { span_result: "dropped" })}[10m]))`;
const lost = promql`label_replace(${lostLines}, "signal", "log lines", "", "") or label_replace(${lostSpans}, "signal", "spans", "", "")`;
const of = { job: "app", instance: "a" } as const;
const lines = (line_result: "shipped" | "dropped") => series(telemetryLogLinesTotal, { ...of, line_result });
const spans = (span_result: "unsampled" | "dropped") => series(telemetrySpansTotal, { ...of, span_result });

export const telemetryLost = defineAlert({
  name: "TelemetryLost",
  expr: promql`(${lost}) > 10`,
  for: "10m",
  severity: "ticket",
  service: "app",
  owner: "platform",
  summary: "Log lines or spans are lost on their way.",
  description:
    '{{ $labels.job }} has lost {{ printf "%.0f" $value }} {{ $labels.signal }} within ten minutes.',
  runbook: {
    meaning:
      "What a service wanted to send to Loki or to the collector of spans was refused, or thrown away since too much waited.",
    impact:
      "People who look for a trouble of this time find less than there was. Standard output still has every log line.",
    firstQuery: promql`${lost}`,
    diagnosis: [
      "`refused`: the receiver answers and does not want it; its log says why.",
      "`dropped`: the receiver is away or slow, or the service writes more than can be sent.",
    ],
    mitigation: ["Bring the receiver back; what writes too much has a surge of its own in the log."],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "watchkeeper",
  panel: "watchkeeper/log-lines",
  logs: ofItsJob,
  inhibitedBy: { never: "it is its own cause, and nothing else tells of it" },
  tests: {
    fires: [
      {
        title: "Loki is away",
        input: [
          { series: lines("shipped"), values: "0x100" },
          { series: lines("dropped"), values: "0+3x100" },
        ],
        at: "20m",
        labels: { job: "app", signal: "log lines" },
        description: "app has lost 120 log lines within ten minutes.",
      },
      {
        title: "the collector of spans is away",
        input: [{ series: spans("dropped"), values: "0+3x100" }],
        at: "20m",
        labels: { job: "app", signal: "spans" },
        description: "app has lost 120 spans within ten minutes.",
      },
    ],
    quiet: [
      {
        title: "all arrive",
        input: [
          { series: lines("shipped"), values: "0+30x100" },
          { series: lines("dropped"), values: "0x100" },
        ],
        at: "20m",
      },
      {
        title: "spans that nobody wanted",
        input: [
          { series: spans("unsampled"), values: "0+30x100" },
          { series: spans("dropped"), values: "0x100" },
        ],
        at: "20m",
      },
      {
        title: "a few were lost once",
        input: [{ series: lines("dropped"), values: "0x20 5x80" }],
        at: "20m",
      },
    ],
  },
});
