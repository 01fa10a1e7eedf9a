import { httpRequestsTotal } from "@watchkeeper/catalogue/metrics/http";
import { httpProblemsTotal } from "@watchkeeper/catalogue/metrics/problems";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

const app = { job: "app" } as const;
const refused = series(httpProblemsTotal, { ...app, problem: "forbidden" });
const share = promql`sum by (job) (rate(${refused}[5m])) / sum by (job) (rate(${series(httpRequestsTotal, app)}[5m]))`;
const forbidden = series(httpProblemsTotal, { ...app, instance: "a", problem: "forbidden" });
const answered = series(httpRequestsTotal, {
  ...app,
  instance: "a",
  method: "GET",
  route: "/api/employees",
  status: "200",
});

export const accessRefusedSurge = defineAlert({
  name: "AccessRefusedSurge",
  expr: promql`${share} > 0.05 and sum by (job) (increase(${refused}[5m])) > 20`,
  for: "5m",
  severity: "ticket",
  service: "app",
  owner: "directory",
  summary: "Many requests ask for what their sender may not have.",
  description: "{{ $value | humanizePercentage }} of the requests were refused as forbidden (more than 5 %).",
  runbook: {
    meaning:
      "More than one request in twenty, and more than twenty within five minutes, was refused as forbidden, for five minutes.",
    impact: "Either somebody tries what is not theirs, or people have lost a right that they need.",
    firstQuery: promql`sum by (problem) (rate(${series(httpProblemsTotal, app)}[5m]))`,
    diagnosis: [
      "The directory's log has the people and routes: one person on many records is somebody who tries, many people on one route are a right that was lost.",
      "Compare with LoginFailuresSurge.",
    ],
    mitigation: [
      "Somebody who tries: end their sessions, and tell whoever looks after security.",
      "A right that was lost: give it back.",
    ],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "overview",
  panel: "overview/problems",
  logs: "app",
  inhibitedBy: { never: "who tries what is not theirs does so whatever else is wrong" },
  tests: {
    fires: [
      {
        title: "somebody tries every record",
        input: [
          { series: answered, values: "0+80x80" },
          { series: forbidden, values: "0+8x80" },
        ],
        at: "15m",
        labels: app,
        description: "10% of the requests were refused as forbidden (more than 5 %).",
      },
    ],
    quiet: [
      {
        title: "now and then somebody goes astray",
        input: [
          { series: answered, values: "0+1000x80" },
          { series: forbidden, values: "0+2x80" },
        ],
        at: "15m",
      },
      {
        title: "two of three at night",
        input: [
          { series: answered, values: "0 3x80" },
          { series: forbidden, values: "0 2x80" },
        ],
        at: "15m",
      },
    ],
  },
});
