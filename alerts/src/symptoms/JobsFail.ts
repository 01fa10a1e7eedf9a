import { jobLastSuccessTimestampSeconds, jobRunsTotal } from "@watchkeeper/catalogue/metrics/collector";
import { match, promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

const failures = promql`sum by (job_name) (increase(${series(jobRunsTotal, { job_result: match("failure|timeout") })}[6h]))`;
const successes = promql`sum by (job_name) (increase(${series(jobRunsTotal, { job_result: "success" })}[6h]))`;
const runs = (job_result: "success" | "failure") =>
  series(jobRunsTotal, { job: "collector", instance: "c", job_name: "active-sessions", job_result });

export const jobsFail = defineAlert({
  name: "JobsFail",
  expr: promql`${failures} > 1.5 and (${successes} == 0)`,
  for: "5m",
  severity: "ticket",
  service: "collector",
  owner: "platform",
  summary: "A job of the collector fails whenever it runs.",
  description:
    '{{ $labels.job_name }} has failed {{ printf "%.0f" $value }} times within six hours and never succeeded.',
  runbook: {
    meaning: "A job was tried more than once within six hours, and no run of it has succeeded.",
    impact: "Its figures, reports or clean-ups stay as they were after its last success.",
    firstQuery: promql`time() - max by (job_name) (${series(jobLastSuccessTimestampSeconds)})`,
    diagnosis: [
      "The log of the collector names the job and why it failed.",
      "`npm run collector -- run <job>` runs it once, in front of you.",
    ],
    mitigation: ["Mend what the log names; the next run makes up for what was left out."],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "collector",
  panel: "collector/jobs",
  logs: "collector",
  inhibitedBy: { never: "each job fails for a reason of its own" },
  tests: {
    fires: [
      {
        title: "every run fails",
        input: [
          { series: runs("failure"), values: "0x20 1x20 2x80" },
          { series: runs("success"), values: "5x120" },
        ],
        at: "25m",
        labels: { job_name: "active-sessions" },
        description: "active-sessions has failed 2 times within six hours and never succeeded.",
      },
    ],
    quiet: [
      {
        title: "one run failed",
        input: [
          { series: runs("failure"), values: "0x20 1x100" },
          { series: runs("success"), values: "5x120" },
        ],
        at: "25m",
      },
      {
        title: "it fails now and then",
        input: [
          { series: runs("failure"), values: "0x20 1x20 2x80" },
          { series: runs("success"), values: "5x60 6x60" },
        ],
        at: "25m",
      },
    ],
    ends: {
      title: "every run fails, and then one succeeds",
      input: [
        { series: runs("failure"), values: "0x20 1x20 2x160" },
        { series: runs("success"), values: "5x119 6x80" },
      ],
      at: "35m",
    },
  },
});
