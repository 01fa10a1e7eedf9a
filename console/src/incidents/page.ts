import { type Html, html, time } from "@watchkeeper/web/html";
import { pageHref } from "../web/links.ts";
import type { Incident, IncidentDetails } from "./model.ts";

const badge = (kind: string): Html => html`<span class="badge ${kind}">${kind}</span>`;

function duration(fromIso: string, toIso: string): string {
  const minutes = Math.max(0, Math.round((Date.parse(toIso) - Date.parse(fromIso)) / 60_000));
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60
    ? `${Math.floor(minutes / 60)} h ${minutes % 60} min`
    : `${Math.floor(minutes / 1_440)} days`;
}

const link = (address: string | null, label: string, publicUrl: string): Html | false => {
  const href = address === null ? undefined : pageHref(address, publicUrl);
  return href !== undefined && html`<a href="${href}">${label}</a>`;
};

const renderRow = (incident: Incident, publicUrl: string): Html => html`
  <li class="incident ${incident.state}" data-incident="${incident.number}">
    <p class="badges">${badge(incident.state)} ${badge(incident.severity)}</p>
    <h3><a href="/incidents/${incident.number}"><span class="number">#${incident.number}</span> ${incident.title}</a></h3>
    <p class="facts"><span>${incident.service}</span> <span>since ${time(incident.startedAt)}</span>
      ${incident.resolvedAt !== null && html`<span>lasted ${duration(incident.startedAt, incident.resolvedAt)}</span>`}
      ${link(incident.runbookUrl, "Runbook", publicUrl)}</p>
  </li>`;

const renderList = (
  id: string,
  title: string,
  incidents: readonly Incident[],
  none: string,
  publicUrl: string,
): Html => html`
  <section class="panel" aria-labelledby="${id}" data-panel="${id}" data-state="${incidents.length > 0 ? "ready" : "empty"}" data-value="${incidents.length}">
    <header><h2 id="${id}">${title}</h2><span class="count">${incidents.length}</span></header>
    ${incidents.length > 0 ? html`<ol class="incidents">${incidents.map((one) => renderRow(one, publicUrl))}</ol>` : html`<p class="note">${none}</p>`}
  </section>`;

/** Open incidents and those that ended lately. */
export const renderIncidents = (
  open: readonly Incident[],
  resolved: readonly Incident[],
  publicUrl: string,
): Html => html`
  <header class="page-head"><div><h1>Incidents</h1></div><div class="tools"><p class="live" data-live></p></div></header>
  <div class="stack">
    ${renderList("open", "Open", open, "No open incident.", publicUrl)}
    ${renderList("resolved", "Resolved lately", resolved, "No incident has been resolved yet.", publicUrl)}
  </div>`;

const renderTimeline = ({ timeline }: IncidentDetails): Html => html`
  <section class="panel" aria-labelledby="timeline">
    <header><h2 id="timeline">Timeline</h2></header>
    ${
      timeline.length > 0
        ? html`<ol class="timeline">${timeline.map(
            ({ at, kind, text }) =>
              html`<li>${time(at, "long")}<p><span class="kind">${kind.replaceAll(/[-_]/g, " ")}</span> ${text}</p></li>`,
          )}</ol>`
        : html`<p class="note">Nothing has happened yet.</p>`
    }
  </section>`;

const renderDeliveries = ({ deliveries }: IncidentDetails): Html => html`
  <section class="panel" aria-labelledby="deliveries">
    <header><h2 id="deliveries">Deliveries</h2></header>
    ${
      deliveries.length > 0
        ? html`<div class="scroll"><table><thead><tr><th scope="col">Channel</th><th scope="col">State</th><th scope="col">Attempts</th><th scope="col">Sent</th></tr></thead>
      <tbody>${deliveries.map(
        ({ channel, kind, state, reason, attempts, sentAt }) => html`<tr>
        <td>${channel} <span class="quiet">${kind}</span></td>
        <td><span class="delivery ${state}">${state}</span> ${reason !== null && html`<span class="quiet">${reason}</span>`}</td>
        <td class="figure">${attempts}</td><td>${sentAt === null ? "–" : time(sentAt)}</td></tr>`,
      )}</tbody></table></div>`
        : html`<p class="note">No message has been sent about it.</p>`
    }
  </section>`;

/** Everything that is known about one incident. */
export const renderIncident = (incident: IncidentDetails, publicUrl: string): Html => html`
  <header class="page-head">
    <div>
      <p class="crumbs"><a href="/incidents">Incidents</a> / #${incident.number}</p>
      <h1>${incident.title}</h1>
      <p class="badges">${badge(incident.state)} ${badge(incident.severity)}
        <span class="facts"><span>${incident.service}</span>
        <span>${incident.alerts} ${incident.alerts === 1 ? "alert" : "alerts"}</span>
        <span>since ${time(incident.startedAt, "long")}</span>
        ${incident.resolvedAt !== null && html`<span>resolved ${time(incident.resolvedAt, "long")} after ${duration(incident.startedAt, incident.resolvedAt)}</span>`}</span></p>
      ${incident.description && html`<p class="description">${incident.description}</p>`}
    </div>
    <div class="tools"><p class="live" data-live></p>
      <p class="actions">${link(incident.runbookUrl, "Runbook", publicUrl)} ${link(incident.panelUrl, "Panel", publicUrl)} ${link(incident.dashboardUrl, "Board", publicUrl)} ${link(incident.logsUrl, "Logs", publicUrl)}</p></div>
  </header>
  <div class="halves" data-panel="incident" data-state="ready" data-value="${incident.state}">
    ${renderTimeline(incident)}
    ${renderDeliveries(incident)}
  </div>`;

/** Instead of a page about incidents while the pager does not say anything about them. */
export const renderAway = (reason: string): Html => html`
  <header class="page-head"><div><h1>Incidents</h1></div><div class="tools"><p class="live" data-live></p></div></header>
  <section class="panel" data-panel="incidents" data-state="error" data-value="">
    <p class="note" role="alert">${reason}. What it knows is not shown until it answers again.</p>
  </section>`;
