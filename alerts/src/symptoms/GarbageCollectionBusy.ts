import { nodejsGcDurationSeconds } from "@watchkeeper/catalogue/metrics/runtime";
import { promql, sum } from "@watchkeeper/catalogue/promql";
import { defineAlert, ofItsJob } from "../alert.ts";
import { heapNearlyFull } from "./HeapNearlyFull.ts";

const share = promql`sum by (job, instance) (rate(${sum(nodejsGcDurationSeconds)}[5m]))`;
const of = { job: "app", instance: "a" } as const;
const spent = sum(nodejsGcDurationSeconds, { ...of, gc_kind: "major" });

export const garbageCollectionBusy = defineAlert({
  name: "GarbageCollectionBusy",
  expr: promql`${share} > 0.1`,
  for: "10m",
  severity: "ticket",
  service: "app",
  owner: "directory",
  summary: "A process of ours spends much of its time on collecting garbage.",
  description:
    "{{ $labels.job }} ({{ $labels.instance }}) spends {{ $value | humanizePercentage }} of its time on collecting garbage (more than 10 %).",
  runbook: {
    meaning:
      "For ten minutes more than a tenth of the time has gone to collections, in which the process does nothing else.",
    impact: "Answers wait for each collection; a heap that is nearly full makes it worse by the minute.",
    firstQuery: promql`sum by (job, instance, gc_kind) (rate(${sum(nodejsGcDurationSeconds)}[5m]))`,
    diagnosis: [
      "`major`: the heap is nearly full; follow HeapNearlyFull.",
      "`minor`: much is made and thrown away at once, such as large answers.",
    ],
    mitigation: ["Restart the process where its heap is full."],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "performance",
  panel: "performance/garbage-collections",
  logs: ofItsJob,
  inhibitedBy: {
    alerts: [heapNearlyFull],
    same: ["job", "instance"],
    because: "a heap that is nearly full is collected all the time",
  },
  tests: {
    fires: [
      {
        title: "a fifth goes to it",
        input: [{ series: spent, values: "0+3x100" }],
        at: "20m",
        labels: of,
        description: "app (a) spends 20% of its time on collecting garbage (more than 10 %).",
      },
    ],
    quiet: [
      { title: "a hundredth does", input: [{ series: spent, values: "0+0.15x100" }], at: "20m" },
      { title: "one long collection", input: [{ series: spent, values: "0x20 40x80" }], at: "20m" },
    ],
  },
});
