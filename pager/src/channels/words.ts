import type { IncidentNews } from "./channel.ts";

/** Cuts to at most `max` UTF-16 units, never inside a character, and shows that something is missing. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(max - 2)) ? max - 2 : max - 1;
  return `${text.slice(0, end)}…`;
}

export type StateWord = "PAGE" | "TICKET" | "INFO" | "ACKNOWLEDGED" | "SNOOZED" | "RESOLVED";

/** The first word that a half-awake person reads: what they must do, or that somebody does. */
export function stateWord({ state, severity, snoozedUntil }: IncidentNews): StateWord {
  if (state === "resolved") return "RESOLVED";
  if (state === "acknowledged") return "ACKNOWLEDGED";
  return snoozedUntil ? "SNOOZED" : (severity.toUpperCase() as "PAGE" | "TICKET" | "INFO");
}

/** Who looks after it, or until when nobody has to; undefined when somebody should. */
export function careOf({ state, acknowledgedBy, snoozedUntil }: IncidentNews): string | undefined {
  if (state === "acknowledged") return `acknowledged by ${acknowledgedBy ?? "somebody"}`;
  return state === "triggered" && snoozedUntil ? `snoozed until ${instant(snoozedUntil)}` : undefined;
}

/** What happens, in the words of whoever wrote the alert. */
export const subjectOf = (incident: IncidentNews): string =>
  incident.summary ? `${incident.alertname}: ${incident.summary}` : incident.alertname;

/** One line that is the whole message on a locked phone. */
export const headlineOf = (incident: IncidentNews): string => {
  const where = incident.service ? ` (${incident.service})` : "";
  return `[${stateWord(incident)}] #${incident.number} ${subjectOf(incident)}${where}`;
};

/** `2026-03-01 03:12 UTC`: people of one incident may sit in several zones. */
export const instant = (at: Date): string => `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
export function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.max(0, Math.floor(ms / 1_000))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** When it started and, once it is over, how long it took. */
export function timesOf({ startedAt, resolvedAt }: IncidentNews): string {
  if (!resolvedAt) return `since ${instant(startedAt)}`;
  return `from ${instant(startedAt)} to ${instant(resolvedAt)} (${duration(resolvedAt.getTime() - startedAt.getTime())})`;
}

/** What to open, most urgent first. */
export function linksOf(incident: IncidentNews): readonly { readonly text: string; readonly url: string }[] {
  const links = [
    { text: "Runbook", url: incident.runbookUrl },
    { text: "Panel", url: incident.panelUrl },
    { text: "Dashboard", url: incident.dashboardUrl },
    { text: "Logs", url: incident.logsUrl },
    { text: `Incident #${incident.number}`, url: incident.url },
  ];
  return links.flatMap(({ text, url }) => (url === null || url.length > MAX_URL ? [] : [{ text, url }]));
}

/** The shortest limit of all providers (Slack's button). */
const MAX_URL = 3_000;
