import type { IncidentNews } from "./channel.ts";
import { clip, headlineOf, linksOf, stateWord, subjectOf, timesOf } from "./words.ts";

const MAX_SUBJECT = 200;
const MAX_BODY = 20_000;

const COLOUR = { PAGE: "#b3261e", TICKET: "#9a5b00", INFO: "#1f5fa8", RESOLVED: "#1e6b34" } as const;

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** A header is one line, whatever an alert's summary contains. */
export const renderSubject = (incident: IncidentNews): string =>
  clip(headlineOf(incident).replaceAll(/\s+/g, " "), MAX_SUBJECT);

const factsOf = (incident: IncidentNews): readonly (readonly [string, string])[] => [
  ["Service", incident.service || "unknown"],
  ["Severity", incident.severity],
  ["When", timesOf(incident)],
  ...(incident.state === "resolved" ? [] : [["Alerts firing", String(incident.firing)] as const]),
];

export function renderPlain(incident: IncidentNews): string {
  const lines = [
    `${stateWord(incident)}: ${clip(subjectOf(incident), MAX_BODY)}`,
    "",
    ...(incident.description ? [clip(incident.description, MAX_BODY), ""] : []),
    ...factsOf(incident).map(([name, value]) => `${name}: ${value}`),
    "",
    ...linksOf(incident).map(({ text, url }) => `${text}: ${url}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** Styles are inline and sizes large: mail clients drop the rest, and phones are small. */
export function renderHtml(incident: IncidentNews): string {
  const word = stateWord(incident);
  const colour = COLOUR[word as keyof typeof COLOUR];
  const facts = factsOf(incident)
    .map(
      ([name, value]) =>
        `<tr><td style="padding:2px 16px 2px 0;color:#555">${name}</td><td>${escapeHtml(value)}</td></tr>`,
    )
    .join("");
  const links = linksOf(incident)
    .map(
      ({ text, url }) =>
        `<a href="${escapeHtml(url)}" style="display:inline-block;margin:0 8px 8px 0;padding:12px 18px;border-radius:6px;background:${colour};color:#fff;text-decoration:none">${escapeHtml(text)}</a>`,
    )
    .join("");
  const description = escapeHtml(clip(incident.description, MAX_BODY)).replaceAll("\n", "<br>");
  return `<!doctype html>
<html lang="en"><body style="margin:0;padding:16px;font:16px/1.5 system-ui,sans-serif;color:#111">
<p style="margin:0 0 4px;font-weight:700;color:${colour}">${word}</p>
<h1 style="margin:0 0 12px;font-size:20px">${escapeHtml(clip(subjectOf(incident), MAX_BODY))}</h1>
${description && `<p style="margin:0 0 12px">${description}</p>`}
<table style="margin:0 0 16px;border-collapse:collapse">${facts}</table>
<p style="margin:0">${links}</p>
</body></html>
`;
}
