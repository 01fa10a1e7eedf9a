import { processCpuSecondsTotal } from "@watchkeeper/catalogue/metrics/runtime";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

/** One Node.js process can use about one core. */
const LARGEST_SHARE = 0.8;
const of = (instance: string) => series(processCpuSecondsTotal, { job: "app", instance });
const use = promql`rate(${series(processCpuSecondsTotal, { job: "app" })}[5m])`;

export const processorBusy = defineAlert({
  name: "ProcessorBusy",
  expr: promql`${use} > ${LARGEST_SHARE}`,
  for: "10m",
  severity: "ticket",
  service: "app",
  owner: "directory",
  summary: "The Company Directory uses most of the processor that it can.",
  description: "{{ $labels.instance }} uses {{ $value | humanizePercentage }} of a core (more than 80 %).",
  runbook: {
    meaning: "A process of the directory has used more than 80 % of one core for ten minutes.",
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
  tests: {
    fires: [
      {
        title: "a core is nearly full",
        input: [{ series: of("a"), values: "0+13.5x80" }],
        at: "18m",
        labels: { job: "app", instance: "a" },
        description: "a uses 90% of a core (more than 80 %).",
      },
    ],
    quiet: [
      { title: "half a core is used", input: [{ series: of("a"), values: "0+7.5x80" }], at: "18m" },
      {
        title: "it was started with much behind it",
        input: [{ series: of("a"), values: "100x80" }],
        at: "18m",
      },
      {
        title: "a burst of five minutes",
        input: [{ series: of("a"), values: "0+13.5x20 270x60" }],
        at: "10m",
      },
    ],
  },
});
