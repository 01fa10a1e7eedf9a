import { boardUrl, logsUrl, panelUrl } from "@watchkeeper/catalogue/names";
import { services } from "@watchkeeper/catalogue/services";
import type { Slo } from "@watchkeeper/catalogue/slo";
import { teams } from "@watchkeeper/catalogue/teams";
import type { Alert, AlertPage, Inhibition, LogsOf, PagerOwnAlert } from "../alert.ts";
import { renderPage } from "./document.ts";

const steps = (texts: readonly string[]): string[] => texts.map((text, i) => `${i + 1}. ${text}`);

const code = (language: string, text: string): string[] => [`\`\`\`${language}`, text, "```"];

/** Binary words start a line of their own: an expression of one long line is hard to read at night. */
const folded = (expr: string): string => expr.replace(/ (and|or|unless) /g, "\n  $1 ");

const logsLink = (logs: LogsOf): string =>
  typeof logs === "string"
    ? `[${logs}](${logsUrl(logs)})`
    : `those of the label \`${logs.label}\`, by the alert's own link`;

/**
 * @param folder the folder of the alert's definition
 * @param raised the last section: when people hear of it
 */
const renderAlertPage = (folder: string, alert: AlertPage, raised: readonly string[]): string =>
  renderPage(`alerts/src/${folder}/${alert.name}.ts`, [
    `# ${alert.name}`,
    "",
    alert.summary,
    "",
    "| Severity | Service | Owner | Board | Panel | Logs |",
    "|---|---|---|---|---|---|",
    `| ${alert.severity} | ${services[alert.service].title} | ${teams[alert.owner].title} | ` +
      `[${alert.board}](${boardUrl(alert.board)}) | [${alert.panel}](${panelUrl(alert.panel)}) | ${logsLink(alert.logs)} |`,
    "",
    "## What it means",
    "",
    alert.runbook.meaning,
    "",
    "## Who is affected",
    "",
    alert.runbook.impact,
    "",
    "## First query",
    "",
    ...code("promql", alert.runbook.firstQuery.text),
    "",
    "## Find the cause",
    "",
    ...steps(alert.runbook.diagnosis),
    "",
    "## Make it work again",
    "",
    ...steps(alert.runbook.mitigation),
    "",
    "## Roll back",
    "",
    alert.runbook.rollback,
    "",
    ...raised,
  ]);

const inhibitionText = ({ alerts, same, because }: Inhibition): string[] => [
  `Nobody is told of it while ${alerts.map(({ name }) => `[${name}](${name}.md)`).join(" or ")} fires` +
    `${same ? ` for the same ${same.join(" and ")}` : ""}: ${because}.`,
];

/** The page that the person who was paged reads. */
export const renderRunbook = (alert: Alert): string =>
  renderAlertPage("symptoms", alert, [
    "## When it fires",
    "",
    alert.for === "0s" ? "At once when:" : `When this has held for ${alert.for}:`,
    "",
    ...code("promql", folded(alert.expr.text)),
    "",
    ...("never" in alert.inhibitedBy
      ? [`No alert keeps it quiet: ${alert.inhibitedBy.never}.`]
      : inhibitionText(alert.inhibitedBy)),
  ]);

/** The same page for an alert that no rule raises. */
export const renderPagerOwnRunbook = (alert: PagerOwnAlert): string =>
  renderAlertPage("pager-own", alert, ["## When it is raised", "", alert.raised]);

const byName = (a: AlertPage, b: AlertPage): number => (a.name < b.name ? -1 : 1);

/** The list of all runbooks: those of single alerts, and those of promises, which their alerts share. */
export const renderRunbookIndex = (alerts: readonly AlertPage[], slos: readonly Slo[]): string =>
  renderPage("alerts/src/symptoms, alerts/src/pager-own and catalogue/src/slos", [
    "# Runbooks",
    "",
    "| Alert | Severity | Service | Says |",
    "|---|---|---|---|",
    ...[...alerts]
      .sort(byName)
      .map(
        ({ name, severity, service, summary }) =>
          `| [${name}](${name}.md) | ${severity} | ${services[service].title} | ${summary} |`,
      ),
    "",
    "## Promises",
    "",
    "| Promise | Fast burn | Service | Says |",
    "|---|---|---|---|",
    ...slos.map(
      ({ name, urgency, service, promise }) =>
        `| [${name}](${name}.md) | ${urgency} | ${services[service].title} | ${promise} |`,
    ),
  ]);
