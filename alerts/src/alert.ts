import { definedIn } from "@watchkeeper/catalogue/defined-in";
import type { LabelName } from "@watchkeeper/catalogue/labels";
import type { PanelName } from "@watchkeeper/catalogue/names";
import type { Expr } from "@watchkeeper/catalogue/promql";
import type { Runbook } from "@watchkeeper/catalogue/runbook";
import type { ServiceName } from "@watchkeeper/catalogue/services";
import type { TeamName } from "@watchkeeper/catalogue/teams";

/** What a person must do: get up now, look in working hours, nothing. */
export type Severity = "page" | "ticket" | "info";

/** A span of time as Prometheus writes it: `15s`, `1m`, `4h`. */
export type Duration = `${number}${"s" | "m" | "h" | "d"}`;

type AtLeastOne<T> = readonly [T, ...T[]];

/** Samples that a test case feeds to the rules, 15 s apart, in promtool's notation: `1x10 0x50`, `0+3000x200`. */
export interface InputSeries {
  readonly series: Expr;
  readonly values: string;
}

export interface CaseBase {
  /** A sentence without a full stop that says what the world looks like. */
  readonly title: string;
  /** What Prometheus has scraped. Empty: nothing at all. */
  readonly input: readonly InputSeries[];
  /** When the alert is looked at. */
  readonly at: Duration;
}

/** A world in which the alert must fire. */
export interface FiringCase extends CaseBase {
  /** Labels that the expression leaves on the alert; those of the definition are added. */
  readonly labels: Readonly<Record<string, string>>;
  /** The description with its values filled in, as people will read it. */
  readonly description: string;
}

/** Whose log to read: that of a service, or that of the job which the alert names by its label. */
export type LogsOf = ServiceName | { readonly label: "job" };

/** For an alert about any of the services. */
export const ofItsJob: LogsOf = { label: "job" };

/** What the page of every alert shows, whoever raises it. */
export interface AlertPage {
  /** PascalCase, also the name of its file, its tests and its runbook page. */
  readonly name: string;
  readonly severity: Severity;
  readonly service: ServiceName;
  readonly owner: TeamName;
  /** One constant sentence with its full stop, so that the same alert always reads the same. */
  readonly summary: string;
  readonly runbook: Runbook;
  /** The uid of the board to look at. */
  readonly board: string;
  /** The one panel that shows what the alert judges; not always on that board. */
  readonly panel: PanelName;
  /** The log that says more. */
  readonly logs: LogsOf;
}

/**
 * While one of `alerts` fires for the same service, this one is told to nobody. It comes when they end and it still
 * fires: what outlives its cause by minutes would come when all is over, and must be inhibited by nothing.
 */
export type Inhibition = {
  readonly alerts: AtLeastOne<Alert>;
  /** Labels, beside that of the service, which must be equal on both. */
  readonly same?: AtLeastOne<LabelName | "job" | "instance">;
  readonly because: string;
};

/** An alert that a rule of Prometheus raises. */
export interface Alert extends AlertPage {
  readonly expr: Expr;
  /** How long the expression must hold before anybody hears of it. */
  readonly for: Duration;
  /** A Go template: says the same with the values of the moment. */
  readonly description: string;
  /** The alerts that make it say nothing new, or the reason why there are none. */
  readonly inhibitedBy: Inhibition | { readonly never: string };
  readonly tests: {
    readonly fires: AtLeastOne<FiringCase>;
    /** Worlds in which it must stay quiet, or the reason why there are none. */
    readonly quiet: AtLeastOne<CaseBase> | { readonly never: string };
    /** A world in which it has fired and is over, where the first quiet world after the first firing one is none. */
    readonly ends?: CaseBase;
  };
}

/** An alert that the pager raises about itself. No rule knows it, so its page says in words when it is raised. */
export interface PagerOwnAlert extends AlertPage {
  readonly service: "pager";
  /** When it is raised and what ends it. Markdown. */
  readonly raised: string;
}

/** The labels that the rule itself puts on the alert; routing and the pager rely on them. */
export const alertLabels = (alert: Alert): Record<"severity" | "service" | "owner", string> => ({
  severity: alert.severity,
  service: alert.service,
  owner: alert.owner,
});

/** A label that a closed case names and the definition sets would never match. */
const OWN_LABELS: readonly (LabelName | "service" | "owner" | "alertname")[] = [
  "alertname",
  "severity",
  "service",
  "owner",
];

function refuse({ name }: AlertPage, reason: string): never {
  throw new Error(`Cannot define alert "${name}"${definedIn()} as ${reason}`);
}

function checkPage(page: AlertPage): void {
  if (!/^[A-Z][A-Za-z]+$/.test(page.name)) refuse(page, "its name must be PascalCase letters");
  if (!/^[^{}\n]+\.$/.test(page.summary))
    refuse(page, "its summary must be one constant sentence with a full stop");
}

const URGENCY: Readonly<Record<Severity, number>> = { info: 0, ticket: 1, page: 2 };

function checkInhibition(alert: Alert): void {
  if ("never" in alert.inhibitedBy) return;
  for (const source of alert.inhibitedBy.alerts) {
    if (source.service !== alert.service) {
      refuse(
        alert,
        `${source.name}, which inhibits it, is of service ${source.service}, not ${alert.service}`,
      );
    }
    if (URGENCY[source.severity] < URGENCY[alert.severity]) {
      refuse(
        alert,
        `${source.name}, which inhibits it, is only a ${source.severity}: nobody would hear of the ${alert.severity}`,
      );
    }
  }
}

/** Defines an alert. @throws Error that names the alert and what its definition breaks */
export function defineAlert(alert: Alert): Alert {
  checkPage(alert);
  if (!alert.description.endsWith(".")) refuse(alert, "its description must end in a full stop");
  checkInhibition(alert);
  for (const { title, labels } of alert.tests.fires) {
    const doubled = OWN_LABELS.filter((label) => label in labels);
    if (doubled.length > 0)
      refuse(alert, `case "${title}" repeats ${doubled.join(", ")}, which the definition sets`);
  }
  return Object.freeze(alert);
}

/** Defines an alert of the pager's own. @throws Error that names the alert and what its definition breaks */
export function definePagerOwnAlert(alert: PagerOwnAlert): PagerOwnAlert {
  checkPage(alert);
  return Object.freeze(alert);
}
