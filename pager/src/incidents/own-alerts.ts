import { boardUrl, logsUrl, panelUrl, runbookUrl } from "@watchkeeper/catalogue/names";
import { type PagerOwnName, pagerOwn } from "@watchkeeper/catalogue/pager-own";
import { type AlertFact, incidentKeyOf } from "./fact.ts";
import { type Priority, severityOf } from "./priority.ts";
import type { Severity } from "./severity.ts";

/** The alerts that the pager raises about itself: no rule knows them. Their runbooks are in `alerts/src/pager-own/`. */
export const ownAlertNames = Object.keys(pagerOwn) as readonly PagerOwnName[];

const ROUTE_BROKEN = "PagerRouteBroken" satisfies PagerOwnName;

/** The label by which an alert of the pager's own asks for a team's owner instead of who is on call. */
export const OWNER_LABEL = "oncall_owner_of";

/** A body that cannot be read is an alert that nobody sees: it pages until none has come for this long. */
const UNREADABLE_QUIET_MS = 60 * 60_000;

/** Where people open the console, without a slash at its end: the links of an alert lead there. */
interface Linked {
  readonly consoleUrl: string;
}

interface OwnFact extends Linked, Pick<AlertFact, "status" | "expiresAfterMs"> {
  readonly alertname: PagerOwnName;
  readonly instance: string;
  readonly summary: string;
  readonly description: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly severity?: Severity;
  readonly priority?: Priority;
}

function ownFact({ alertname, instance, status, expiresAfterMs, ...said }: OwnFact): AlertFact {
  const { board, panel } = pagerOwn[alertname];
  const { severity = pagerOwn[alertname].severity, priority = "P1" } = said;
  return {
    source: "pager",
    fingerprint: `${alertname}/${instance}`,
    // Each broken route is an incident of its own, as each goes to other destinations.
    incidentKey: incidentKeyOf("pager", alertname, instance),
    status,
    factAt: null,
    startsAt: null,
    expiresAfterMs,
    severity,
    priority,
    labels: { alertname, service: "pager", severity, owner: "platform", ...said.labels },
    annotations: {
      summary: said.summary,
      description: said.description,
      runbook_url: runbookUrl(alertname, said.consoleUrl),
      dashboard_url: boardUrl(board, said.consoleUrl),
      panel_url: panelUrl(panel, said.consoleUrl),
      logs_url: logsUrl("pager", said.consoleUrl),
    },
  };
}

interface UnreadableBody extends Linked {
  readonly inboxId: string;
  readonly reason: string;
}

/** A webhook body, or an alert in it, that the pager cannot read. */
export const unreadableAlert = ({ inboxId, reason, consoleUrl }: UnreadableBody): AlertFact =>
  ownFact({
    alertname: "PagerUnreadableAlert",
    instance: "inbox",
    status: "firing",
    expiresAfterMs: UNREADABLE_QUIET_MS,
    summary: "The pager received an alert that it cannot read",
    description: `Body ${inboxId} is kept in the table inbox and was not turned into alerts: ${reason}. Look at what fires in Alertmanager itself.`,
    consoleUrl,
  });

interface Unreached extends Linked {
  readonly number: number;
  /** The alert of the incident. */
  readonly of: string;
  readonly firing: boolean;
}

/** Everybody was asked about an incident and nobody answered: the team's channels are told once more. */
export const nobodyReached = ({ number, of, firing, consoleUrl }: Unreached): AlertFact =>
  ownFact({
    alertname: "PagerNobodyReached",
    instance: `#${number}`,
    status: firing ? "firing" : "resolved",
    expiresAfterMs: null,
    summary: `Nobody has answered incident #${number}`,
    description: `Every level of its escalation was asked about ${of} and nobody has acknowledged. Somebody must look now.`,
    labels: { incident: String(number), of },
    consoleUrl,
  });

interface NotReady extends Linked {
  readonly team: string;
  /** A sentence each; none means that all is well. */
  readonly problems: readonly string[];
}

/** Something would keep a page from reaching the people of a team: their owner is asked, in working hours. */
export const notReady = ({ team, problems, consoleUrl }: NotReady): AlertFact =>
  ownFact({
    alertname: "PagerNotReady",
    instance: team,
    status: problems.length > 0 ? "firing" : "resolved",
    expiresAfterMs: null,
    summary: `Pages may not reach ${team}`,
    description: problems.join(". "),
    labels: { [OWNER_LABEL]: team },
    consoleUrl,
  });

/** What only a team's owner hears, in working hours: no channel of the team is told. */
export const isForOwner = (labels: Readonly<Record<string, string>>): boolean =>
  labels.service === "pager" && labels.alertname === "PagerNotReady";

interface TestPage extends Linked {
  /** One page is one incident. */
  readonly id: string;
  readonly person: string;
  readonly by: string;
}

/** Long enough to look at it and to press its buttons. */
const TEST_MS = 15 * 60_000;

/** A page that only asks whether it arrives. */
export const testPage = ({ id, person, by, consoleUrl }: TestPage): AlertFact =>
  ownFact({
    alertname: "PagerTestPage",
    instance: id,
    status: "firing",
    expiresAfterMs: TEST_MS,
    summary: `Test page for ${person}`,
    description: `${by} wants to know whether this arrives. Nothing is wrong; it ends by itself.`,
    labels: { person },
    priority: "P3",
    consoleUrl,
  });

interface Storm extends Linked {
  readonly route: string;
  readonly folded: number;
  /** How many of each alert, at least some of them. */
  readonly names: Readonly<Record<string, number>>;
  /** The worst of those folded into it. */
  readonly priority: Priority;
  readonly firing: boolean;
}

const SHOWN_NAMES = 10;

/** More new incidents than people can read: one that speaks for all of them. */
export const stormBlows = ({ route, folded, names, priority, firing, consoleUrl }: Storm): AlertFact => {
  const most = Object.entries(names)
    .sort(([, one], [, other]) => other - one)
    .slice(0, SHOWN_NAMES)
    .map(([name, count]) => `${name}: ${count}`);
  return ownFact({
    alertname: "PagerStorm",
    instance: route,
    status: firing ? "firing" : "resolved",
    expiresAfterMs: null,
    summary: `Many incidents at once: this one speaks for ${folded} more`,
    description: `All of them are stored and listed in the console. ${most.join(", ")}`,
    labels: { route },
    severity: severityOf[priority],
    priority,
    consoleUrl,
  });
};

/** What no storm speaks for: each is rare, and tells why other messages do not arrive. */
export const isNeverFolded = ({
  alertname,
  service,
}: {
  readonly alertname: string;
  readonly service: string;
}): boolean =>
  service === "pager" &&
  alertname !== "PagerNobodyReached" &&
  (ownAlertNames as readonly string[]).includes(alertname);

/** The team's channels hear of these and nobody is paged by name: each tells of a page that went nowhere. */
export const isAboutPaging = (labels: Readonly<Record<string, string>>): boolean =>
  labels.service === "pager" && labels.alertname === "PagerNobodyReached";

interface Route extends Linked {
  readonly destination: string;
}

const routeFact = (
  { destination, consoleUrl }: Route,
  status: AlertFact["status"],
  description: string,
): AlertFact =>
  ownFact({
    alertname: ROUTE_BROKEN,
    instance: destination,
    status,
    expiresAfterMs: null,
    summary: `Pages do not reach ${destination}`,
    description,
    labels: { destination },
    consoleUrl,
  });

/** The provider refuses pages for good; over when it takes a message again. */
export const routeBroken = ({ reason, ...route }: Route & { readonly reason: string }): AlertFact =>
  routeFact(
    route,
    "firing",
    `The provider refused a page for good: ${reason}. Mend the settings of ${route.destination}.`,
  );

export const routeWorks = (route: Route): AlertFact =>
  routeFact(route, "resolved", `The provider takes messages again.`);

/** The destination whose trouble these labels tell of; undefined for every other alert. */
export const brokenDestination = (labels: Readonly<Record<string, string>>): string | undefined =>
  labels.alertname === ROUTE_BROKEN && labels.service === "pager" ? labels.destination : undefined;
