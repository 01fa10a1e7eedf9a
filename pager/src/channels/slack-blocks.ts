import type { KnownBlock } from "@slack/web-api";
import type { IncidentNews } from "./channel.ts";
import { clip, headlineOf, linksOf, stateWord, timesOf } from "./words.ts";

/** Published limits: header 150, section 3,000, context element 3,000; all text together about 13,000. */
const MAX_HEADER = 150;
const MAX_SECTION = 2_900;

const MARK = { PAGE: "🔴", TICKET: "🟠", INFO: "🔵", RESOLVED: "✅" } as const;

/** In mrkdwn these three begin mentions, links and entities; an alert must not be able to ring everybody. */
const escapeText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Escaped text is longer: cut until it fits, never through an entity. */
function escapeWithin(text: string, max: number): string {
  for (let length = max; ; length = Math.floor(length * 0.8)) {
    const escaped = escapeText(clip(text, length));
    if (escaped.length <= max) return escaped;
  }
}

const section = (text: string): KnownBlock => ({ type: "section", text: { type: "mrkdwn", text } });

/** The line that a phone shows without opening anything. */
export const renderText = (incident: IncidentNews): string => escapeWithin(headlineOf(incident), 400);

/** The message: what, where, since when, why, and what to press. Resolved: the same place says that it is over. */
export function renderBlocks(incident: IncidentNews): KnownBlock[] {
  const word = stateWord(incident);
  const mark = MARK[word as keyof typeof MARK];
  const facts = [
    `*Service* ${escapeWithin(incident.service || "unknown", 200)}`,
    `*Severity* ${incident.severity}`,
    `*When* ${timesOf(incident)}`,
    ...(incident.state === "resolved" ? [] : [`*Alerts firing* ${incident.firing}`]),
  ];
  const links = linksOf(incident);
  const title = `${mark} ${word} #${incident.number} ${incident.alertname}`;
  return [
    { type: "header", text: { type: "plain_text", text: clip(title, MAX_HEADER), emoji: true } },
    ...(incident.summary ? [section(`*${escapeWithin(incident.summary, MAX_SECTION)}*`)] : []),
    ...(incident.description ? [section(escapeWithin(incident.description, MAX_SECTION))] : []),
    section(facts.join("\n")),
    {
      type: "actions",
      elements: links.map(({ text, url }, index) => ({
        type: "button",
        action_id: `open-${index}`,
        text: { type: "plain_text", text },
        url,
        ...(index === 0 && incident.state !== "resolved" && { style: "primary" as const }),
      })),
    },
  ];
}
