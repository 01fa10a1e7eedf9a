import { boardUrl, logsUrl, panelUrl, ruleGroups, runbookUrl } from "@watchkeeper/catalogue/names";
import { type Alert, alertLabels, type LogsOf } from "../alert.ts";
import type { Recording } from "../recording.ts";
import { renderYaml } from "./document.ts";

const logsOf = (logs: LogsOf, values: Readonly<Record<string, string>> | undefined): string => {
  if (typeof logs === "string") return logs;
  return values ? (values[logs.label] ?? "") : `{{ $labels.${logs.label} }}`;
};

/** What an alert came to in a test, instead of templates. */
interface Filled {
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The annotations of an alert, as templates or as people read them. */
export const annotations = (alert: Alert, filled?: Filled): Record<string, string> => ({
  summary: alert.summary,
  description: filled?.description ?? alert.description,
  runbook_url: runbookUrl(alert.name),
  dashboard_url: boardUrl(alert.board),
  panel_url: panelUrl(alert.panel),
  logs_url: logsUrl(logsOf(alert.logs, filled?.labels)),
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
