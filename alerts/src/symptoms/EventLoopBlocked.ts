import { nodejsEventloopLagP99Seconds } from "@watchkeeper/catalogue/metrics/runtime";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

const lag = series(nodejsEventloopLagP99Seconds, { job: "app" });
const of = (instance: string) => series(nodejsEventloopLagP99Seconds, { job: "app", instance });

/** The delay of the event loop is what visitors feel; a busy processor alone is none of their affair. */
export const eventLoopBlocked = defineAlert({
  name: "EventLoopBlocked",
  expr: promql`${lag} > 0.5`,
  for: "5m",
  severity: "ticket",
  service: "app",
  owner: "directory",
  summary: "The Company Directory computes for so long that requests wait.",
  description:
    "One of a hundred turns of {{ $labels.instance }} waits {{ $value | humanizeDuration }} (more than 0.5 s).",
  runbook: {
    meaning: "Within one process something computes for long, and everything else waits for it.",
    impact: "All requests to that instance are slow.",
    firstQuery: promql`${lag}`,
    diagnosis: [
      "One instance: restart it and see whether the delay comes back.",
      "All instances: what all requests share computes too much; a large answer or many password checks at once are common.",
    ],
    mitigation: ["Restart the directory: `npm run stop -- app`, then `npm start -- app`."],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "performance",
  panel: "performance/event-loop",
  logs: "app",
  inhibitedBy: { never: "it is the cause of what else is slow then" },
  tests: {
    fires: [
      {
        title: "it computes for a second at a time",
        input: [{ series: of("a"), values: "0.02x10 1x40" }],
        at: "10m",
        labels: { job: "app", instance: "a" },
        description: "One of a hundred turns of a waits 1s (more than 0.5 s).",
      },
    ],
    quiet: [
      {
        title: "it computed for long once",
        input: [{ series: of("a"), values: "0.02x10 2x4 0.02x40" }],
        at: "5m",
      },
      { title: "it is busy and answers", input: [{ series: of("a"), values: "0.2x60" }], at: "10m" },
    ],
  },
});
