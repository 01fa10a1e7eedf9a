import type { Incident } from "../incidents/model.ts";
import type { Job, Reading } from "../overview/model.ts";
import { byData, make, makeLink, panelOf } from "./dom.ts";
import { formatAge } from "./format.ts";
import { absence, setState, showNote } from "./panels.ts";
import { momentText } from "./times.ts";

/** Puts a list in place of the one before, unless nothing changed: a focused link keeps its focus. */
function replaceList(panel: HTMLElement, list: HTMLElement | undefined): void {
  const place = byData("list", panel);
  if (place.innerHTML !== (list?.outerHTML ?? "")) place.replaceChildren(...(list ? [list] : []));
}

/** A runbook of this console opens in it, under whatever name the person has opened it. */
function runbookLink({ runbookUrl }: Incident): HTMLElement | undefined {
  if (runbookUrl === null || !URL.canParse(runbookUrl)) return undefined;
  const { protocol, pathname } = new URL(runbookUrl);
  if (protocol !== "http:" && protocol !== "https:") return undefined;
  return makeLink(/^\/runbooks\/[A-Za-z0-9]+$/.test(pathname) ? pathname : runbookUrl, "Runbook");
}

function incidentRow(incident: Incident): HTMLElement {
  const { number, state, severity, title, service, startedAt } = incident;
  const since = new Date(startedAt);
  const row = make(
    "li",
    `incident ${state}`,
    make(
      "p",
      "badges",
      make("span", `badge ${state}`, state),
      " ",
      make("span", `badge ${severity}`, severity),
    ),
    make("h3", "", makeLink(`/incidents/${number}`, make("span", "number", `#${number}`), ` ${title}`)),
    make(
      "p",
      "facts",
      make("span", "", service),
      " ",
      make("span", "", `since ${momentText(since)} (${formatAge(Date.now() - since.getTime())})`),
      " ",
      runbookLink(incident),
    ),
  );
  row.dataset.incident = String(number);
  return row;
}

export function showIncidents(reading: Reading<readonly Incident[]>): void {
  const panel = panelOf("incidents");
  if (reading.state !== "ready") {
    setState(panel, reading.state, "");
    showNote(panel, absence(reading));
    replaceList(panel, undefined);
    return;
  }
  const incidents = reading.value;
  setState(panel, "ready", String(incidents.length));
  showNote(panel, incidents.length === 0 ? "None. Nobody has to do anything right now." : "");
  replaceList(
    panel,
    incidents.length > 0 ? make("ol", "incidents", ...incidents.map(incidentRow)) : undefined,
  );
}

function jobRow({ name, title, targets, targetsUp, since }: Job): HTMLElement {
  const isUp = targetsUp === targets;
  const state = isUp ? "up" : targetsUp === 0 ? "down" : `${targetsUp} of ${targets} up`;
  const age = since === null ? "for over 6 h" : `since ${momentText(new Date(since))}`;
  const row = make(
    "li",
    isUp ? "job up" : "job down",
    make("span", "job-title", title),
    make("span", "job-since", age),
    make("span", "job-state", state),
  );
  row.dataset.job = name;
  row.dataset.value = String(targetsUp);
  return row;
}

export function showJobs(reading: Reading<readonly Job[]>): void {
  const panel = panelOf("jobs");
  if (reading.state !== "ready") {
    setState(panel, reading.state, "");
    showNote(panel, absence(reading));
    replaceList(panel, undefined);
    return;
  }
  const jobs = reading.value;
  setState(panel, "ready", `${jobs.filter((job) => job.targetsUp === job.targets).length}/${jobs.length}`);
  showNote(panel, "");
  replaceList(panel, make("ul", "jobs", ...jobs.map(jobRow)));
}
