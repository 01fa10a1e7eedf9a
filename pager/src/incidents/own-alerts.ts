import { type AlertFact, incidentKeyOf } from "./fact.ts";

/** A body that cannot be read is an alert that nobody sees: it pages until none has come for this long. */
const UNREADABLE_QUIET_MS = 60 * 60_000;

const ROUTE_BROKEN = "PagerRouteBroken";

const ownFact = (
  alertname: string,
  instance: string,
  fact: Pick<AlertFact, "status" | "expiresAfterMs" | "annotations"> & { labels?: Record<string, string> },
): AlertFact => ({
  source: "pager",
  fingerprint: `${alertname}/${instance}`,
  // Each broken route is an incident of its own, as each goes to other destinations.
  incidentKey: incidentKeyOf("pager", alertname, instance),
  factAt: null,
  startsAt: null,
  severity: "page",
  ...fact,
  labels: { alertname, service: "pager", severity: "page", owner: "platform", ...fact.labels },
});

/** A webhook body, or an alert in it, that the pager cannot read. */
export const unreadableAlert = (inboxId: string, reason: string): AlertFact =>
  ownFact("PagerUnreadableAlert", "inbox", {
    status: "firing",
    expiresAfterMs: UNREADABLE_QUIET_MS,
    annotations: {
      summary: "The pager received an alert that it cannot read",
      description: `Body ${inboxId} is kept in the table inbox and was not turned into alerts: ${reason}. Look at what fires in Alertmanager itself.`,
    },
  });

const routeFact = (destination: string, status: AlertFact["status"], description: string): AlertFact =>
  ownFact(ROUTE_BROKEN, destination, {
    status,
    expiresAfterMs: null,
    labels: { destination },
    annotations: { summary: `Pages do not reach ${destination}`, description },
  });

/** The provider refuses pages for good; over when it takes a message again. */
export const routeBroken = (destination: string, reason: string): AlertFact =>
  routeFact(
    destination,
    "firing",
    `The provider refused a page for good: ${reason}. Mend the settings of ${destination}.`,
  );

export const routeWorks = (destination: string): AlertFact =>
  routeFact(destination, "resolved", `The provider takes messages again.`);

/** The destination whose trouble these labels tell of; undefined for every other alert. */
export const brokenDestination = (labels: Readonly<Record<string, string>>): string | undefined =>
  labels.alertname === ROUTE_BROKEN && labels.service === "pager" ? labels.destination : undefined;
