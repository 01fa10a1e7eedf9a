import type { IncidentNews } from "./channel.ts";
import { escapeHtml } from "./html.ts";
import { careOf, clip, headlineOf, linksOf, type StateWord, stateWord, subjectOf, timesOf } from "./words.ts";

const MAX_SUBJECT = 200;
const MAX_BODY = 20_000;

const COLOUR: Readonly<Record<StateWord, string>> = {
  PAGE: "#b3261e",
  TICKET: "#9a5b00",
  INFO: "#1f5fa8",
  ACKNOWLEDGED: "#6b4fa1",
  SNOOZED: "#5a6478",
  RESOLVED: "#1e6b34",
};

/** Something that a reader may ask for, by a link that opens a page which asks once more. */
export interface MailAction {
  readonly text: string;
  readonly url: string;
}

/** A header is one line, whatever an alert's summary contains. */
export const renderSubject = (incident: IncidentNews): string =>
  clip(headlineOf(incident).replaceAll(/\s+/g, " "), MAX_SUBJECT);

const factsOf = (incident: IncidentNews): readonly (readonly [string, string])[] => [
  ["Service", incident.service || "unknown"],
  ["Severity", `${incident.severity}, ${incident.priority}`],
  ["When", timesOf(incident)],
  ...(careOf(incident) === undefined ? [] : [["State", careOf(incident) ?? ""] as const]),
  ...(incident.state === "resolved" ? [] : [["Alerts firing", String(incident.firing)] as const]),
];

export function renderPlain(incident: IncidentNews, actions: readonly MailAction[] = []): string {
  const lines = [
    `${stateWord(incident)}: ${clip(subjectOf(incident), MAX_BODY)}`,
    "",
    ...(incident.description ? [clip(incident.description, MAX_BODY), ""] : []),
    ...factsOf(incident).map(([name, value]) => `${name}: ${value}`),
    "",
    ...actions.map(({ text, url }) => `${text}: ${url}`),
    ...(actions.length > 0 ? [""] : []),
    ...linksOf(incident).map(({ text, url }) => `${text}: ${url}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** Styles are inline and sizes large: mail clients drop the rest, and phones are small. */
export function renderHtml(incident: IncidentNews, actions: readonly MailAction[] = []): string {
  const word = stateWord(incident);
  const colour = COLOUR[word];
  const facts = factsOf(incident)
    .map(
      ([name, value]) =>
        `<tr><td style="padding:2px 16px 2px 0;color:#555">${name}</td><td>${escapeHtml(value)}</td></tr>`,
    )
    .join("");
  const button = (style: string, { text, url }: MailAction): string =>
    `<a href="${escapeHtml(url)}" style="display:inline-block;margin:0 8px 8px 0;padding:12px 18px;border-radius:6px;text-decoration:none;${style}">${escapeHtml(text)}</a>`;
  const asked = actions.map((one) => button(`background:${colour};color:#fff;font-weight:700`, one)).join("");
  const links = linksOf(incident)
    .map((one) => button(`border:1px solid ${colour};color:${colour}`, one))
    .join("");
  const description = escapeHtml(clip(incident.description, MAX_BODY)).replaceAll("\n", "<br>");
  return `<!doctype html>
<html lang="en"><body style="margin:0;padding:16px;font:16px/1.5 system-ui,sans-serif;color:#111">
<p style="margin:0 0 4px;font-weight:700;color:${colour}">${word}</p>
<h1 style="margin:0 0 12px;font-size:20px">${escapeHtml(clip(subjectOf(incident), MAX_BODY))}</h1>
${description && `<p style="margin:0 0 12px">${description}</p>`}
${asked && `<p style="margin:0 0 4px">${asked}</p>`}
<table style="margin:0 0 16px;border-collapse:collapse">${facts}</table>
<p style="margin:0">${links}</p>
</body></html>
`;
}
