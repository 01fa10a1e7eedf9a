import { pagerCanaryLastSuccessTimestampSeconds } from "@watchkeeper/catalogue/metrics/pager";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

const silence = promql`time() - max(${series(pagerCanaryLastSuccessTimestampSeconds)})`;
const seen = series(pagerCanaryLastSuccessTimestampSeconds, { job: "pager", instance: "p" });

export const pagerCanaryLost = defineAlert({
  name: "PagerCanaryLost",
  expr: promql`${silence} > 900`,
  for: "5m",
  severity: "ticket",
  service: "pager",
  owner: "platform",
  summary: "No canary has come through the pager.",
  description: "The last canary came through {{ $value | humanizeDuration }} ago.",
  runbook: {
    meaning:
      "A message of our own goes all the way from Prometheus through the outbox of the pager. For a quarter of an hour none has arrived.",
    impact: "Pages may not reach anybody. If nothing else fires, only the canary is late.",
    firstQuery: promql`${silence}`,
    diagnosis: [
      "NotificationsFail or PagerBacklog fires: follow its page.",
      "`curl` the pager's `/readyz`: it says whether it can store and send.",
      "Alertmanager does not send: its log has the reason.",
    ],
    mitigation: [
      "Bring back what stands still: the database of the pager, Alertmanager, or the pager itself.",
    ],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "watchkeeper",
  panel: "watchkeeper/canary",
  logs: "pager",
  inhibitedBy: { never: "no other alert of the pager says where the way is broken" },
  tests: {
    fires: [
      {
        title: "none arrives any more",
        input: [{ series: seen, values: "60x160" }],
        at: "30m",
        labels: {},
        description: "The last canary came through 29m 0s ago.",
      },
    ],
    quiet: [
      { title: "one comes every minute", input: [{ series: seen, values: "0+15x160" }], at: "30m" },
      { title: "there never was one", input: [], at: "30m" },
    ],
    ends: {
      title: "none arrives any more, and then one comes every minute",
      input: [{ series: seen, values: "60x160 2415+15x60" }],
      at: "45m",
    },
  },
});
