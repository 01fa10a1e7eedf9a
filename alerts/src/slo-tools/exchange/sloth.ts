import type { Slo } from "@watchkeeper/catalogue/slo";
import type { Field } from "./field.ts";
import {
  checked,
  ordinaryRunbook,
  parseBad,
  parseName,
  parseObjective,
  parseOwner,
  parsePromise,
  parseService,
  selectAll,
} from "./promise.ts";

/** The window over which sloth judges unless it is told otherwise on its command line. */
const DAYS = 30;

/** A slow burn is a ticket in any case, so only the page can be done without. */
function parseUrgency(alerting: Field): Slo["urgency"] {
  if (alerting.missing) return "page";
  // Our alerts have names of their own, so sloth's name for them is of no consequence.
  alerting.only("name", "page_alert", "ticket_alert");
  const [page, ticket] = [alerting.at("page_alert"), alerting.at("ticket_alert")];
  for (const each of [page, ticket]) if (!each.missing) each.only("disable");
  if (ticket.at("disable").flag()) ticket.at("disable").refuse("false, as every promise has tickets");
  return page.at("disable").flag() ? "ticket" : "page";
}

/** Reads a file of sloth's `prometheus/v1`. @throws Error that names the file, the field and what was found */
export function parseSloth(document: Field): readonly Slo[] {
  document.only("version", "service", "labels", "slos");
  document.at("version").oneOf(["prometheus/v1"]);
  const service = parseService(document.at("service"));
  const shared = document.at("labels");
  if (!shared.missing) shared.only("owner");
  const slos = document.at("slos").list();
  if (slos.length === 0) document.at("slos").refuse("a list of at least one SLO");
  return slos.map((slo) => {
    slo.only("name", "objective", "description", "labels", "sli", "alerting");
    const name = parseName(slo.at("name"));
    const objective = parseObjective(slo.at("objective"), 100);
    const labels = slo.at("labels");
    if (!labels.missing) labels.only("owner");
    const owner = labels.at("owner").missing ? shared.at("owner") : labels.at("owner");
    const events = slo.at("sli").only("events").at("events").only("error_query", "total_query");
    const indicator = parseBad(events.at("error_query"), selectAll(events.at("total_query")));
    const promise = parsePromise(slo.at("description"), name, objective);
    return checked(
      {
        name,
        promise,
        service,
        owner: parseOwner(owner, service),
        indicator,
        objective,
        days: DAYS,
        urgency: parseUrgency(slo.at("alerting")),
        preset: "strict",
        board: "overview",
        runbook: ordinaryRunbook(promise, indicator),
      },
      slo,
    );
  });
}
