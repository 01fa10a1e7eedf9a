import { processCpuLimitCores, processCpuSecondsTotal } from "@watchkeeper/catalogue/metrics/runtime";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

/** One Node.js process can use about one core, and less where its control group says so. */
const LARGEST_SHARE = 0.8;
const of = (instance: string) => series(processCpuSecondsTotal, { job: "app", instance });
const limit = (instance: string) => series(processCpuLimitCores, { job: "app", instance });
const use = promql`
  rate(${series(processCpuSecondsTotal, { job: "app" })}[5m])
  / clamp_max(${series(processCpuLimitCores, { job: "app" })}, 1)`;

export const processorBusy = defineAlert({
  name: "ProcessorBusy",
  expr: promql`${use} > ${LARGEST_SHARE}`,
  for: "10m",
  severity: "ticket",
  service: "app",
  owner: "directory",
  summary: "The Company Directory uses most of the processor that it can.",
  description:
    "{{ $labels.instance }} uses {{ $value | humanizePercentage }} of the processor that it can (more than 80 %).",
  runbook: {
    meaning:
      "A process of the directory has used more than 80 % of one core, or of its control group's limit where that is less, for ten minutes.",
    impact: "Nobody yet; a little more traffic and answers become slow.",
    firstQuery: promql`${use}`,
    diagnosis: [
      "Compare with the number of requests: if both rose, it is traffic.",
      "Only the processor rose: look at what began with the last version.",
    ],
    mitigation: ["Start another instance, or restart this one if its load does not follow the traffic."],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "performance",
  panel: "performance/cpu",
  logs: "app",
  inhibitedBy: { never: "it is the cause of what else is slow then" },
  tests: {
    fires: [
      {
        title: "a core is nearly full",
        input: [
          { series: of("a"), values: "0+13.5x80" },
          { series: limit("a"), values: "4x80" },
        ],
        at: "18m",
        labels: { job: "app", instance: "a" },
        description: "a uses 90% of the processor that it can (more than 80 %).",
      },
      {
        title: "half a core is all that it may use",
        input: [
          { series: of("a"), values: "0+6.75x80" },
          { series: limit("a"), values: "0.5x80" },
        ],
        at: "18m",
        labels: { job: "app", instance: "a" },
        description: "a uses 90% of the processor that it can (more than 80 %).",
      },
    ],
    quiet: [
      {
        title: "half a core is used",
        input: [
          { series: of("a"), values: "0+7.5x80" },
          { series: limit("a"), values: "4x80" },
        ],
        at: "18m",
      },
      {
        title: "it was started with much behind it",
        input: [
          { series: of("a"), values: "100x80" },
          { series: limit("a"), values: "4x80" },
        ],
        at: "18m",
      },
      {
        title: "a burst of five minutes",
        input: [
          { series: of("a"), values: "0+13.5x20 270x60" },
          { series: limit("a"), values: "4x80" },
        ],
        at: "10m",
      },
    ],
  },
});
