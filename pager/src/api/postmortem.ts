import type { IncidentDelivery, IncidentView, TimelineEntry } from "./incidents.ts";

export interface PostmortemFacts {
  readonly incident: IncidentView;
  readonly timeline: readonly TimelineEntry[];
  readonly deliveries: readonly IncidentDelivery[];
  /** Without a slash at its end. */
  readonly consoleUrl: string;
}

/** Text from outside as text: nothing in it is a heading, a link, HTML or the end of a table's cell. */
const plain = (text: string): string =>
  text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\\`*_{}[\]<>#|~!&]/g, "\\$&")
    .trim();

const time = (at: Date): string => `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;

function duration(from: Date, to: Date): string {
  const seconds = Math.max(0, Math.round((to.getTime() - from.getTime()) / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const link = (title: string, url: string | null): string =>
  url === null ? "none" : `[${title}](<${url.replaceAll(/[<>\s]/g, encodeURIComponent)}>)`;

function facts({
  incident,
  deliveries,
  consoleUrl,
}: PostmortemFacts): readonly (readonly [string, string])[] {
  const { openedAt, firstAcknowledgedAt, resolvedAt } = incident;
  const people = [...new Set(deliveries.flatMap(({ person, sentAt }) => (person && sentAt ? [person] : [])))];
  return [
    ["Incident", link(`#${incident.number}`, `${consoleUrl}/incidents/${incident.number}`)],
    ["Priority", incident.priority],
    ["Service", plain(incident.service) || "none"],
    ["Began", time(incident.startedAt)],
    ["Opened", time(openedAt)],
    [
      "Acknowledged",
      firstAcknowledgedAt
        ? `${time(firstAcknowledgedAt)}, after ${duration(openedAt, firstAcknowledgedAt)}`
        : "never",
    ],
    ["Resolved", resolvedAt ? `${time(resolvedAt)}, after ${duration(openedAt, resolvedAt)}` : "not yet"],
    ["Looked after by", plain(incident.assignee ?? "") || "nobody"],
    ["Paged", people.map(plain).join(", ") || "nobody by name"],
    ["Judged", incident.closedAs ?? "not yet"],
    ["Runbook", link("runbook", incident.runbookUrl)],
    ["Board", link("board", incident.dashboardUrl)],
  ];
}

const QUESTIONS = [
  ["Impact", "Who noticed what, for how long, and how many were they?"],
  ["Cause", "What made it happen, and what made that possible?"],
  ["What helped, what did not", "How was it found, and what would have made it shorter?"],
  ["What we change", "| What | Who | Until when |\n|---|---|---|\n| | | |"],
] as const;

/** A postmortem in Markdown with everything that the pager knows filled in. Times are in UTC. */
export function renderPostmortem(given: PostmortemFacts): string {
  const { incident, timeline } = given;
  const lines = [
    `# Postmortem of incident #${incident.number}: ${plain(incident.title)}`,
    "",
    ...(incident.description ? [plain(incident.description), ""] : []),
    "| | |",
    "|---|---|",
    ...facts(given).map(([what, value]) => `| ${what} | ${value} |`),
    "",
    ...QUESTIONS.flatMap(([title, question]) => [`## ${title}`, "", question, ""]),
    "## Timeline",
    "",
    "| When | What | By |",
    "|---|---|---|",
    ...timeline.map(
      ({ at, kind, text, actor, source }) =>
        `| ${time(at)} | ${plain(kind)}: ${plain(text)} | ${plain([actor, source && `(${source})`].filter(Boolean).join(" ")) || "the pager"} |`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}
