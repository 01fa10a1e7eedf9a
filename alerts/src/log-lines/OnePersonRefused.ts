import { httpProblemsTotal } from "@watchkeeper/catalogue/metrics/problems";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineLogAlert } from "../alert.ts";

const refused = series(httpProblemsTotal, { job: "app", problem: "forbidden" });

/** AccessRefusedSurge sees many refusals; only the lines of the audit stream know that they are one person's. */
export const onePersonRefused = defineLogAlert({
  name: "OnePersonRefused",
  logql:
    'sum by (actorId, tenantId) (count_over_time({service="app", stream="audit"} | json status="status", actorId="actorId", tenantId="tenantId" | status = "403" [10m])) > 10',
  for: "0m",
  severity: "ticket",
  service: "app",
  owner: "directory",
  summary: "One person keeps trying to change what is not theirs.",
  description:
    'The person {{ $labels.actorId }} of tenant {{ $labels.tenantId }} was refused {{ printf "%.0f" $value }} changes within ten minutes.',
  runbook: {
    meaning:
      "Within ten minutes one person's attempts to change people or the company were refused as forbidden more than ten times.",
    impact: "Nothing was changed. Somebody tries what is not theirs, or has lost a right that they need.",
    firstQuery: promql`sum by (job) (rate(${refused}[5m]))`,
    diagnosis: [
      'Read what was tried, in Grafana under Explore: `{service="app", stream="audit"} |= "<the id>"`. The field `action` says what, `targetId` whom.',
      "Many targets within seconds are a program, the same few again and again a person who does not understand a message.",
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
});
