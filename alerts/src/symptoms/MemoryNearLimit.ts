import { processMemoryLimitBytes, processResidentMemoryBytes } from "@watchkeeper/catalogue/metrics/runtime";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert, ofItsJob } from "../alert.ts";

const share = promql`${series(processResidentMemoryBytes)} / ${series(processMemoryLimitBytes)}`;
const used = series(processResidentMemoryBytes, { job: "app", instance: "a" });
const limit = series(processMemoryLimitBytes, { job: "app", instance: "a" });

export const memoryNearLimit = defineAlert({
  name: "MemoryNearLimit",
  expr: promql`${share} > 0.85`,
  for: "10m",
  severity: "ticket",
  service: "app",
  owner: "directory",
  summary: "A process of ours has nearly used up the memory that it may use.",
  description:
    "{{ $labels.job }} ({{ $labels.instance }}) uses {{ $value | humanizePercentage }} of the memory that it may use (more than 85 %).",
  runbook: {
    meaning:
      "The resident memory has been above 85 % of the limit of the process's control group, or of the machine where it has none, for ten minutes.",
    impact: "Nobody yet. At the limit the kernel ends the process without a word in its log.",
    firstQuery: promql`${share}`,
    diagnosis: [
      "HeapNearlyFull fires too: JavaScript holds it; follow its page.",
      "The heap is small: buffers do, such as large bodies or answers of the database.",
    ],
    mitigation: ["Give it more memory, or restart it before the kernel does."],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "performance",
  panel: "performance/limits",
  logs: ofItsJob,
  inhibitedBy: { never: "what follows is the end of the process" },
  tests: {
    fires: [
      {
        title: "nine tenths are used",
        input: [
          { series: used, values: "900x60" },
          { series: limit, values: "1000x60" },
        ],
        at: "12m",
        labels: { job: "app", instance: "a" },
        description: "app (a) uses 90% of the memory that it may use (more than 85 %).",
      },
    ],
    quiet: [
      {
        title: "half is used",
        input: [
          { series: used, values: "500x60" },
          { series: limit, values: "1000x60" },
        ],
        at: "12m",
      },
      {
        title: "a peak",
        input: [
          { series: used, values: "900x20 300x40" },
          { series: limit, values: "1000x60" },
        ],
        at: "12m",
      },
      { title: "nobody says how much it may use", input: [{ series: used, values: "900x60" }], at: "12m" },
    ],
  },
});
