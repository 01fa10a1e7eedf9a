import { budgetPolicy } from "@watchkeeper/catalogue/budget-policy";
import { boardUrl, logsUrl, promiseUrl, SLO_BOARD, sloAlerts, sloSeries } from "@watchkeeper/catalogue/names";
import { services } from "@watchkeeper/catalogue/services";
import type { Slo } from "@watchkeeper/catalogue/slo";
import { teams } from "@watchkeeper/catalogue/teams";
import { renderPage } from "../render/document.ts";
import { frozenBy } from "./policy-rules.ts";
import { pageTiers, ticketTiers } from "./tiers.ts";

const steps = (texts: readonly string[]): string[] => texts.map((text, i) => `${i + 1}. ${text}`);

const percent = (share: number): string => `${Number((share * 100).toPrecision(6))} %`;

const code = (text: string): string[] => ["```promql", text, "```"];

const tiersOf = (slo: Slo): string[] => [
  "| What | Severity | Spent | Within | And still within |",
  "|---|---|---|---|---|",
  ...(slo.urgency === "page" ? pageTiers[slo.preset] : []).map(
    ({ share, long, short }) => `| ${sloAlerts.burnsFast} | page | ${percent(share)} | ${long} | ${short} |`,
  ),
  ...ticketTiers.map(
    ({ burnRate, long, short }) =>
      `| ${sloAlerts.burnsSlowly} | ticket | ${burnRate} times as fast as allowed | ${long} | ${short} |`,
  ),
];

const policy: readonly string[] = [
  "| Spent | Severity | Frozen | Then |",
  "|---|---|---|---|",
  ...budgetPolicy.map(
    (step) => `| ${percent(step.spent)} | ${step.severity} | ${frozenBy(step)} | ${step.action} |`,
  ),
];

/** The page that all alerts of a promise link to. */
export const renderSloRunbook = (slo: Slo): string =>
  renderPage("catalogue/src/slos", [
    `# ${slo.name}`,
    "",
    slo.promise,
    "",
    "| Objective | Over | Service | Owner | Boards | Logs |",
    "|---|---|---|---|---|---|",
    `| ${percent(slo.objective)} | ${slo.days} days | ${services[slo.service].title} | ${teams[slo.owner].title} | ` +
      `[${SLO_BOARD}](${promiseUrl(slo.name)}), [${slo.board}](${boardUrl(slo.board)}) | ` +
      `[${slo.service}](${logsUrl(slo.service)}) |`,
    "",
    "## What it means",
    "",
    slo.runbook.meaning,
    "",
    "## Who is affected",
    "",
    slo.runbook.impact,
    "",
    "## First query",
    "",
    ...code(slo.runbook.firstQuery.text),
    "",
    "How much of the budget is left, and how many times as fast as allowed it is being spent:",
    "",
    ...code(`${sloSeries.budgetRemaining}{slo="${slo.name}"}\n${sloSeries.burnRate1h}{slo="${slo.name}"}`),
    "",
    "## Find the cause",
    "",
    ...steps(slo.runbook.diagnosis),
    "",
    "## Make it work again",
    "",
    ...steps(slo.runbook.mitigation),
    "",
    "## Roll back",
    "",
    slo.runbook.rollback,
    "",
    "## When it alerts",
    "",
    ...tiersOf(slo),
    "",
    ...(slo.urgency === "page"
      ? [
          `${sloAlerts.trafficLost} is a page: nothing has been counted for a quarter of an hour in which ` +
            "yesterday and last week were busy. Look whether anybody reaches the service, and whether Prometheus does.",
          "",
        ]
      : []),
    slo.mayBeIdle === undefined
      ? `${sloAlerts.noEventsEver} is a ticket: in an hour nothing was counted at all. What the promise selects may not exist.`
      : `That nothing is counted is no alert: ${slo.mayBeIdle}.`,
    "",
    `${sloAlerts.inconsistent} is a ticket: more errors than events were counted. What is selected as errors is no part ` +
      "of what is selected as events.",
    "",
    "## When its budget is spent",
    "",
    `${sloAlerts.budgetSpent} tells how much. Fixes and ways back are never frozen.`,
    "",
    ...policy,
  ]);
