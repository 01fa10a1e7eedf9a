import { type Channel, httpTimeoutMs, type Message } from "./channel.ts";
import { postJson } from "./http.ts";
import { clip, headlineOf, linksOf } from "./words.ts";

export interface PagerDutySettings {
  readonly routingKey: string;
  /** PagerDuty itself, or a stand-in: events go to `<url>/v2/enqueue`. */
  readonly url: string;
  /** This installation: two of them may share one routing key. */
  readonly install: string;
}

const SEVERITY = { page: "critical", ticket: "warning", info: "info" } as const;

/** Limits of the Events API v2: 512 KB for the body, 1,024 characters for the summary, 255 for the key. */
const MAX_SUMMARY = 1_024;
const MAX_DETAIL = 20_000;

/**
 * One key for one incident. Not its alerts' name: a trigger that comes late, after the resolution, would open a new
 * incident there for ever.
 */
const dedupKeyOf = (install: string, incidentId: string): string => `${install}:${incidentId}`;

function renderEvent({ routingKey, install }: PagerDutySettings, { kind, incident }: Message): string {
  const event = { routing_key: routingKey, dedup_key: dedupKeyOf(install, incident.id) };
  if (kind === "resolve") return JSON.stringify({ ...event, event_action: "resolve" });
  // Its own escalation ends too: one person looks after it, whichever way they said so.
  if (incident.state === "acknowledged") return JSON.stringify({ ...event, event_action: "acknowledge" });
  return JSON.stringify({
    ...event,
    event_action: "trigger",
    client: "Watchkeeper",
    client_url: incident.url,
    links: linksOf(incident).map(({ text, url }) => ({ href: url, text })),
    payload: {
      summary: clip(headlineOf(incident), MAX_SUMMARY),
      source: clip(incident.service || "watchkeeper", 255),
      severity: SEVERITY[incident.severity],
      timestamp: incident.startedAt.toISOString(),
      component: clip(incident.service || "unknown", 255),
      class: clip(incident.alertname, 255),
      custom_details: {
        summary: clip(incident.summary, MAX_DETAIL),
        description: clip(incident.description, MAX_DETAIL),
        alerts_firing: incident.firing,
      },
    },
  });
}

/** PagerDuty's Events API v2. Repetitions are safe: the key folds them into one incident. */
export function createPagerDutyChannel(settings: PagerDutySettings): Channel {
  const url = `${settings.url.replace(/\/+$/, "")}/v2/enqueue`;
  return {
    name: "pagerduty",
    reaches: ["team"],
    showsUpdates: true,
    // About 120 events a minute for one routing key.
    minIntervalMs: 500,
    budgetMs: httpTimeoutMs,
    async send(message, signal) {
      // A second trigger would not change the incident there, only add to its log.
      if (message.kind === "update" && message.incident.state !== "acknowledged") {
        return { result: "sent", reference: null, note: "nothing to change there" };
      }
      return postJson(url, renderEvent(settings, message), {}, signal);
    },
  };
}
