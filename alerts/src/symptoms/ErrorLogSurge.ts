import { logMessagesTotal } from "@watchkeeper/catalogue/metrics/log";
import { match, promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert, ofItsJob } from "../alert.ts";
import { databaseUnreachable } from "./DatabaseUnreachable.ts";
import { highErrorRate } from "./HighErrorRate.ts";
import { redisUnreachable } from "./RedisUnreachable.ts";

const bad = series(logMessagesTotal, { level: match("error|fatal") });
const perMinute = promql`60 * sum by (job) (rate(${bad}[5m]))`;
const level = (name: "error" | "info") =>
  series(logMessagesTotal, { job: "app", instance: "a", level: name });

/** A rate beside that of the day before: one line in the log is no reason to tell anybody. */
export const errorLogSurge = defineAlert({
  name: "ErrorLogSurge",
  expr: promql`${perMinute} > 3 * (avg_over_time((${perMinute})[1d:5m] offset 10m) or 0 * ${perMinute}) and sum by (job) (increase(${bad}[5m])) > 5`,
  for: "5m",
  severity: "ticket",
  service: "app",
  owner: "directory",
  summary: "A service writes far more errors to its log than it used to.",
  description:
    '{{ $labels.job }} writes {{ printf "%.0f" $value }} errors a minute to its log, more than three times as many as over the last day.',
  runbook: {
    meaning:
      "For five minutes the log has had more than three times as many messages of error and fatal as on average over the last day, and more than five in five minutes.",
    impact:
      "Perhaps nobody yet: something fails that did not fail before. The promises say whether people feel it.",
    firstQuery: promql`sum by (job, level) (rate(${series(logMessagesTotal, { level: match("error|fatal") })}[5m]))`,
    diagnosis: [
      "Read the newest messages of level error in the log of that service: most of them will be one and the same.",
      "Compare the time at which they began with the last start of the service and with other alerts.",
    ],
    mitigation: ["Mend what the message names; a dependency that is away has an alert of its own."],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "overview",
  panel: "overview/log-messages",
  logs: ofItsJob,
  inhibitedBy: {
    alerts: [highErrorRate, databaseUnreachable, redisUnreachable],
    same: ["job"],
    because: "each of the failed requests leaves a line",
  },
  tests: {
    fires: [
      {
        title: "something new fails",
        input: [
          { series: level("error"), values: "0x80 0+2x80" },
          { series: level("info"), values: "0+50x160" },
        ],
        at: "30m",
        labels: { job: "app" },
        description:
          "app writes 8 errors a minute to its log, more than three times as many as over the last day.",
      },
    ],
    quiet: [
      { title: "as many errors as ever", input: [{ series: level("error"), values: "0+2x400" }], at: "90m" },
      {
        title: "a few lines and no more",
        input: [{ series: level("error"), values: "0x80 0 2 3x80" }],
        at: "30m",
      },
      {
        title: "only what is no error grows",
        input: [
          { series: level("error"), values: "0x160" },
          { series: level("info"), values: "0x80 0+500x80" },
        ],
        at: "30m",
      },
    ],
  },
});
