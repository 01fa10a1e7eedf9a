import { nodejsHeapSizeLimitBytes, nodejsHeapSizeUsedBytes } from "@watchkeeper/catalogue/metrics/runtime";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert, ofItsJob } from "../alert.ts";

const used = (instance: string) => series(nodejsHeapSizeUsedBytes, { job: "app", instance });
const limit = (instance: string) => series(nodejsHeapSizeLimitBytes, { job: "app", instance });
const share = promql`${series(nodejsHeapSizeUsedBytes)} / ${series(nodejsHeapSizeLimitBytes)}`;

/** Against the limit at which the process ends, never against the heap that V8 happens to hold, which is always nearly full. */
export const heapNearlyFull = defineAlert({
  name: "HeapNearlyFull",
  expr: promql`${share} > 0.85`,
  for: "10m",
  severity: "ticket",
  service: "app",
  owner: "directory",
  summary: "A process of ours has nearly used up its memory.",
  description:
    "{{ $labels.job }} ({{ $labels.instance }}) uses {{ $value | humanizePercentage }} of the heap at which it ends (more than 85 %).",
  runbook: {
    meaning: "The used heap has been above 85 % of V8's limit for ten minutes.",
    impact: "Nobody yet. At the limit the process ends and is started again; requests of that moment fail.",
    firstQuery: promql`${share}`,
    diagnosis: [
      "It grows steadily since the process started: something is kept that should be let go.",
      "It jumped: one request or job holds much at once; the log of that time names it.",
    ],
    mitigation: [
      "Restart the process before it ends by itself: `npm run stop -- <name>`, then `npm start -- <name>`.",
    ],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "performance",
  panel: "performance/memory",
  logs: ofItsJob,
  inhibitedBy: { never: "it is the cause of what else is slow then" },
  tests: {
    fires: [
      {
        title: "nine tenths are used",
        input: [
          { series: used("a"), values: "900x60" },
          { series: limit("a"), values: "1000x60" },
        ],
        at: "12m",
        labels: { job: "app", instance: "a" },
        description: "app (a) uses 90% of the heap at which it ends (more than 85 %).",
      },
    ],
    quiet: [
      {
        title: "half is used",
        input: [
          { series: used("a"), values: "500x60" },
          { series: limit("a"), values: "1000x60" },
        ],
        at: "12m",
      },
      {
        title: "a peak before garbage was collected",
        input: [
          { series: used("a"), values: "900x20 300x40" },
          { series: limit("a"), values: "1000x60" },
        ],
        at: "12m",
      },
    ],
  },
});
