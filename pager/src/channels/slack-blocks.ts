import type { KnownBlock } from "@slack/web-api";
import type { IncidentNews, TimelineLine } from "./channel.ts";
import { careOf, clip, headlineOf, instant, linksOf, type StateWord, stateWord, timesOf } from "./words.ts";

/** Published limits: header 150, section 3,000, context element 3,000; all text together about 13,000. */
const MAX_HEADER = 150;
const MAX_SECTION = 2_900;

const MARK: Readonly<Record<StateWord, string>> = {
  PAGE: "🔴",
  TICKET: "🟠",
  INFO: "🔵",
  ACKNOWLEDGED: "👀",
  SNOOZED: "💤",
  RESOLVED: "✅",
};

/** What the snooze offers, in minutes. */
const SNOOZES: readonly (readonly [minutes: number, text: string])[] = [
  [30, "30 minutes"],
  [60, "1 hour"],
  [240, "4 hours"],
  [720, "12 hours"],
];

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
export function renderBlocks(incident: IncidentNews, withButtons = false): KnownBlock[] {
  const word = stateWord(incident);
  const mark = MARK[word];
  const care = careOf(incident);
  const facts = [
    `*Service* ${escapeWithin(incident.service || "unknown", 200)}`,
    `*Severity* ${incident.severity}, ${incident.priority}`,
    ...(care === undefined ? [] : [`*State* ${escapeWithin(care, 300)}`]),
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
    ...(withButtons && incident.state !== "resolved" ? [renderButtons(incident)] : []),
    {
      type: "actions",
      elements: links.map(({ text, url }, index) => ({
        type: "button",
        action_id: `open-${index}`,
        text: { type: "plain_text", text },
        url,
      })),
    },
  ];
}

/** What people may ask for; each carries the incident, which Slack signs when it is pressed. */
function renderButtons({ id, state }: IncidentNews): KnownBlock {
  const plain = (text: string) => ({ type: "plain_text", text }) as const;
  return {
    type: "actions",
    block_id: "incident",
    elements: [
      ...(state === "triggered"
        ? [
            {
              type: "button" as const,
              action_id: "acknowledge",
              text: plain("Acknowledge"),
              value: id,
              style: "primary" as const,
            },
          ]
        : []),
      { type: "button", action_id: "resolve", text: plain("Resolve"), value: id },
      {
        type: "static_select",
        action_id: "snooze",
        placeholder: plain("Snooze for…"),
        options: SNOOZES.map(([minutes, text]) => ({ text: plain(text), value: `${id}/${minutes}` })),
      },
    ],
  };
}

/** Lines of the pager's own bookkeeping: what was sent where is in the console. */
const BOOKKEEPING = /^(announce|again|update|resolve)-/;
const MAX_THREAD = 2_900;

/** What happened since the thread was last written to; undefined when nothing that its readers care for. */
export function renderThread(history: readonly TimelineLine[]): string | undefined {
  const lines = history
    .filter(({ kind }) => !BOOKKEEPING.test(kind))
    .map(({ at, text }) => `${instant(at).slice(11)}  ${escapeWithin(text, 600)}`);
  // The newest lines are the ones to keep.
  while (lines.join("\n").length > MAX_THREAD) lines.shift();
  return lines.length > 0 ? lines.join("\n") : undefined;
}
