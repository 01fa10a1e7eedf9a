import { authLoginAttemptsTotal } from "@watchkeeper/catalogue/metrics/auth";
import { not, promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

const app = { job: "app" } as const;
const ended = (login_result: "success" | "invalid_credentials") =>
  series(authLoginAttemptsTotal, { ...app, instance: "a", login_result });
const failed = series(authLoginAttemptsTotal, { ...app, login_result: not("success") });
const all = series(authLoginAttemptsTotal, app);

/** Somebody tries passwords, or nobody gets in any more: both are worth a look at once, a few mistyped passwords are not. */
export const loginFailuresSurge = defineAlert({
  name: "LoginFailuresSurge",
  expr: promql`sum by (job) (rate(${failed}[5m])) / sum by (job) (rate(${all}[5m])) > 0.5 and sum by (job) (increase(${all}[5m])) > 20`,
  for: "5m",
  severity: "page",
  service: "app",
  owner: "directory",
  summary: "Most attempts to sign in fail.",
  description: "{{ $value | humanizePercentage }} of the attempts to sign in fail (more than 50 %).",
  runbook: {
    meaning: "More than half of at least twenty attempts in five minutes have failed, for five minutes.",
    impact: "Either nobody can sign in, or somebody tries the passwords of other people.",
    firstQuery: promql`sum by (login_result) (rate(${all}[5m]))`,
    diagnosis: [
      "`error` or `sso_error`: it is our fault; DirectoryLogin burns too, follow its page.",
      "`invalid_credentials`: read the addresses in the directory's log; one or a few are an attack, many different people a broken change of passwords.",
      "`rate_limited`: the limit already holds somebody off.",
    ],
    mitigation: [
      "An attack: refuse its addresses before they reach the directory, and tell whoever looks after security.",
      "Accounts whose password was guessed: end their sessions and set a new one.",
    ],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "business",
  panel: "business/refused",
  logs: "app",
  inhibitedBy: { never: "somebody who tries passwords does so whatever else is wrong" },
  tests: {
    fires: [
      {
        title: "somebody tries passwords",
        input: [
          { series: ended("success"), values: "0+1x80" },
          { series: ended("invalid_credentials"), values: "0+30x80" },
        ],
        at: "15m",
        labels: app,
        description: "96.77% of the attempts to sign in fail (more than 50 %).",
      },
    ],
    quiet: [
      {
        title: "some mistype theirs",
        input: [
          { series: ended("success"), values: "0+30x80" },
          { series: ended("invalid_credentials"), values: "0+3x80" },
        ],
        at: "15m",
      },
      {
        title: "three of four fail at night",
        input: [
          { series: ended("success"), values: "0 1x80" },
          { series: ended("invalid_credentials"), values: "0 3x80" },
        ],
        at: "15m",
      },
    ],
  },
});
