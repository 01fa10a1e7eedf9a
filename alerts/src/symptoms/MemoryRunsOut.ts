import { processMemoryLimitBytes, processResidentMemoryBytes } from "@watchkeeper/catalogue/metrics/runtime";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert, ofItsJob } from "../alert.ts";
import { memoryNearLimit } from "./MemoryNearLimit.ts";

const resident = series(processResidentMemoryBytes);
const limit = series(processMemoryLimitBytes);
const inSixHours = promql`predict_linear(${resident}[1h], 21600)`;
const of = { job: "app", instance: "a" } as const;

export const memoryRunsOut = defineAlert({
  name: "MemoryRunsOut",
  expr: promql`${inSixHours} > ${limit} and ${resident} / ${limit} > 0.5 and ${resident} offset 1h`,
  for: "30m",
  severity: "ticket",
  service: "app",
  owner: "directory",
  summary: "A process of ours will have used up its memory within six hours.",
  description:
    "At its pace of the last hour {{ $labels.job }} ({{ $labels.instance }}) will use {{ $value | humanize1024 }}B in six hours, more than it may.",
  runbook: {
    meaning:
      "For half an hour the pace of the last hour would reach the limit within six hours, and more than half is used.",
    impact: "Nobody yet. At the limit the kernel ends the process.",
    firstQuery: promql`${inSixHours} / ${limit}`,
    diagnosis: [
      "It grows steadily since the process started: something is kept that should be let go.",
      "It grows with the traffic: it ends where the traffic does.",
    ],
    mitigation: ["Restart the process in a quiet hour; look for what it keeps."],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "performance",
  panel: "performance/limits",
  logs: ofItsJob,
  inhibitedBy: {
    alerts: [memoryNearLimit],
    same: ["job", "instance"],
    because: "what it foretells has come",
  },
  tests: {
    fires: [
      {
        title: "it leaks",
        input: [
          { series: series(processResidentMemoryBytes, of), values: "0+4194304x420" },
          { series: series(processMemoryLimitBytes, of), values: "2147483648x420" },
        ],
        at: "100m",
        labels: of,
        description: "At its pace of the last hour app (a) will use 7.188GiB in six hours, more than it may.",
      },
    ],
    quiet: [
      {
        title: "it holds much and no more than before",
        input: [
          { series: series(processResidentMemoryBytes, of), values: "1800000000x420" },
          { series: series(processMemoryLimitBytes, of), values: "2147483648x420" },
        ],
        at: "100m",
      },
      {
        title: "it has only just started",
        input: [
          { series: series(processResidentMemoryBytes, of), values: "1200000000+5000000x220" },
          { series: series(processMemoryLimitBytes, of), values: "2147483648x220" },
        ],
        at: "50m",
      },
      {
        title: "it grows and most is free",
        input: [
          { series: series(processResidentMemoryBytes, of), values: "0+4194304x420" },
          { series: series(processMemoryLimitBytes, of), values: "6442450944x420" },
        ],
        at: "100m",
      },
    ],
  },
});
