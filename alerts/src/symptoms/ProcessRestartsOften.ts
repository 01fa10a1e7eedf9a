import { processStartTimeSeconds } from "@watchkeeper/catalogue/metrics/runtime";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert, ofItsJob } from "../alert.ts";
import { serviceDown } from "./ServiceDown.ts";

const restarts = promql`sum by (job, instance) (changes(${series(processStartTimeSeconds)}[30m]))`;
const of = { job: "app", instance: "a" } as const;
const started = series(processStartTimeSeconds, of);

export const processRestartsOften = defineAlert({
  name: "ProcessRestartsOften",
  expr: promql`${restarts} > 3`,
  for: "1m",
  severity: "ticket",
  service: "app",
  owner: "directory",
  summary: "A process of ours ends and is started again and again.",
  description:
    "{{ $labels.job }} ({{ $labels.instance }}) was started {{ $value }} times within half an hour.",
  runbook: {
    meaning:
      "The time at which the process says that it started has changed more than three times in half an hour.",
    impact: "Requests of each end fail, and each start answers slowly.",
    firstQuery: promql`${restarts}`,
    diagnosis: [
      "The last lines of its log before each start say why it ended; none at all: the kernel ended it, see MemoryNearLimit.",
      "It began with a new version, or with a setting.",
    ],
    mitigation: ["Go back to what ran before."],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "watchkeeper",
  panel: "watchkeeper/age",
  logs: ofItsJob,
  inhibitedBy: {
    alerts: [serviceDown],
    same: ["job"],
    because: "a directory that dies again and again is down",
  },
  tests: {
    fires: [
      {
        title: "it ends every five minutes",
        input: [{ series: started, values: "10x19 300x19 600x19 900x19 1200x19 1500x40" }],
        at: "30m",
        labels: of,
        description: "app (a) was started 5 times within half an hour.",
      },
    ],
    quiet: [
      {
        title: "it was deployed twice",
        input: [{ series: started, values: "10x19 300x39 900x80" }],
        at: "30m",
      },
      { title: "it runs", input: [{ series: started, values: "10x160" }], at: "30m" },
    ],
  },
});
