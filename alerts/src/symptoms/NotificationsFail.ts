import {
  alertmanagerNotificationsFailedTotal,
  prometheusNotificationsDroppedTotal,
} from "@watchkeeper/catalogue/foreign/prometheus";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert, ofItsJob } from "../alert.ts";

const manager = { job: "alertmanager", instance: "m" } as const;
const self = { job: "prometheus", instance: "p" } as const;
const failed = promql`sum by (job, instance) (increase(${series(alertmanagerNotificationsFailedTotal)}[5m]))`;
const dropped = promql`sum by (job, instance) (increase(${series(prometheusNotificationsDroppedTotal)}[5m]))`;

/**
 * Some are lost, or this would not arrive either. Should all be, PageFallback tells of every page that fires, and the
 * missing heartbeat that it does not.
 */
export const notificationsFail = defineAlert({
  name: "NotificationsFail",
  expr: promql`${failed} > 0 or ${dropped} > 0`,
  for: "5m",
  severity: "ticket",
  service: "alertmanager",
  owner: "platform",
  summary: "Alerts do not reach the pager.",
  description: "{{ $labels.job }} has failed to hand on {{ $value | humanize }} notifications within 5m.",
  runbook: {
    meaning:
      "For five minutes, Prometheus could not hand alerts to Alertmanager, or Alertmanager not to the pager.",
    impact: "Nobody may hear of what breaks now.",
    firstQuery: promql`${failed} or ${dropped}`,
    diagnosis: [
      "`alertmanager`: the pager refuses or does not answer; read `.watchkeeper/logs/pager.log`. 401 means that their tokens differ.",
      "`prometheus`: Alertmanager does not answer; read `.watchkeeper/logs/alertmanager.log`.",
    ],
    mitigation: [
      "Start what is stopped: `npm start -- pager`, `npm start -- alertmanager`. Alertmanager tries again by itself.",
    ],
    rollback:
      "If it began with a change of the configuration, check out the one before it and run `npm start` again.",
  },
  board: "watchkeeper",
  panel: "watchkeeper/notifications-pager",
  logs: ofItsJob,
  inhibitedBy: { never: "what tells of the same comes by another way" },
  tests: {
    fires: [
      {
        title: "the pager refuses",
        input: [
          {
            series: series(alertmanagerNotificationsFailedTotal, { ...manager, integration: "webhook" }),
            values: "0+1x80",
          },
        ],
        at: "15m",
        labels: manager,
        description: "alertmanager has failed to hand on 20 notifications within 5m.",
      },
      {
        title: "Alertmanager is away",
        input: [{ series: series(prometheusNotificationsDroppedTotal, self), values: "0+2x80" }],
        at: "15m",
        labels: self,
        description: "prometheus has failed to hand on 40 notifications within 5m.",
      },
    ],
    quiet: [
      {
        title: "one failed and was repeated",
        input: [
          {
            series: series(alertmanagerNotificationsFailedTotal, { ...manager, integration: "webhook" }),
            values: "0x10 1x70",
          },
        ],
        at: "15m",
      },
      {
        title: "none failed",
        input: [
          {
            series: series(alertmanagerNotificationsFailedTotal, { ...manager, integration: "webhook" }),
            values: "0x80",
          },
        ],
        at: "15m",
      },
    ],
  },
});
