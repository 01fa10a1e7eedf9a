import { boardUrl, ruleGroups, runbookUrl } from "@watchkeeper/catalogue/names";
import { type Alert, alertLabels, type LogAlert } from "../alert.ts";
import type { Recording } from "../recording.ts";
import { renderYaml } from "./document.ts";

/** The annotations of an alert; `description` is the template, or what it came to in a test. */
export const annotations = (
  alert: Alert | LogAlert,
  description = alert.description,
): Record<string, string> => ({
  summary: alert.summary,
  description,
  runbook_url: runbookUrl(alert.name),
  dashboard_url: boardUrl(alert.board),
});

/** The rule file of the recorded series. */
export const renderRecordingRules = (recordings: readonly Recording[]): string =>
  renderYaml("alerts/src/recording.ts", {
    groups: [
      {
        name: ruleGroups.recording,
        rules: recordings.map(({ name, expr }) => ({ record: name, expr: expr.text })),
      },
    ],
  });

/** The rule file of the alerts. */
export const renderAlertRules = (alerts: readonly Alert[]): string =>
  renderYaml("alerts/src/symptoms", {
    groups: [
      {
        name: ruleGroups.symptoms,
        rules: alerts.map((alert) => ({
          alert: alert.name,
          expr: alert.expr.text,
          for: alert.for,
          labels: alertLabels(alert),
          annotations: annotations(alert),
        })),
      },
    ],
  });

/** The rule file that Loki's ruler reads: the same shape, with LogQL. */
export const renderLogRules = (alerts: readonly LogAlert[]): string =>
  renderYaml("alerts/src/log-lines", {
    groups: [
      {
        name: ruleGroups.logLines,
        rules: alerts.map((alert) => ({
          alert: alert.name,
          expr: alert.logql,
          for: alert.for,
          labels: alertLabels(alert),
          annotations: annotations(alert),
        })),
      },
    ],
  });
