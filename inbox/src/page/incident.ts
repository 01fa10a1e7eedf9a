import { type Html, html, link, time } from "@watchkeeper/web/html";
import type { Json, MessageOf } from "../message.ts";

/** All events of one incident, oldest first. */
export type IncidentEvents = readonly MessageOf<"pagerduty">[];

const EFFECTS = {
  opened: "triggered",
  repeated: "triggered again",
  acknowledged: "acknowledged",
  resolved: "resolved",
  dropped: "dropped: no such incident is open",
} as const;

const STATES = {
  opened: ["triggered", "Triggered"],
  acknowledged: ["acknowledged", "Acknowledged"],
  resolved: ["resolved", "Resolved"],
} as const;

/** A trigger on an open incident does not change its state. */
function stateOf(events: IncidentEvents): readonly [string, string] {
  const last = events.map(({ content }) => content.effect).findLast((effect) => effect in STATES);
  return last ? STATES[last as keyof typeof STATES] : ["dropped", "Dropped"];
}

const detail = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

function renderDetails(details: Json | undefined): Html | false {
  if (typeof details !== "object" || details === null)
    return typeof details === "string" && html`<p>${details}</p>`;
  return html`<dl>${Object.entries(details).map(([name, value]) => html`<dt>${name}</dt><dd>${detail(value)}</dd>`)}</dl>`;
}

/** What PagerDuty would show of an incident. */
export function renderIncident(events: IncidentEvents): Html {
  const shown = events.findLast(({ content }) => content.payload) ?? events.at(-1);
  if (!shown) return html``;
  const { payload, links, dedup_key, incident, client, client_url } = shown.content;
  const [state, title] = stateOf(events);
  return html`
  <article class="card incident ${state}" data-key="incident-${incident || `dropped-${shown.id}`}" aria-label="Incident: ${shown.summary}, ${title}">
    <p class="byline"><span class="state ${state}">${title}</span>
      ${incident > 0 && html`<span class="quiet">#${incident}</span>`} ${time(events[0]?.receivedAt ?? shown.receivedAt)}</p>
    <h3>${shown.summary}</h3>
    ${payload && html`<p class="quiet">${payload.severity} · ${payload.source}${client && html` · ${link(client_url ?? "", client)}`}</p>`}
    ${renderDetails(payload?.custom_details)}
    ${links && links.length > 0 && html`<p class="actions">${links.map((one) => link(one.href, one.text ?? one.href, "button"))}</p>`}
    <details ${events.length > 1 && "open"}><summary>${events.length} ${events.length === 1 ? "event" : "events"}</summary>
      <ol class="history">${events.map((event) => html`<li>${time(event.receivedAt)} ${EFFECTS[event.content.effect]}</li>`)}</ol>
      <p class="quiet key">${dedup_key}</p>
    </details>
  </article>`;
}
