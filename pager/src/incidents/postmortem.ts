import type { Queries } from "@watchkeeper/exporters/database";
import { duration, instant } from "../channels/words.ts";

interface IncidentRow {
  id: string;
  number: string;
  alertname: string;
  service: string;
  severity: string;
  priority: string;
  state: string;
  summary: string;
  description: string;
  started_at: Date;
  opened_at: Date;
  first_acknowledged_at: Date | null;
  acknowledged_by: string | null;
  assignee: string | null;
  resolved_at: Date | null;
  closed_as: string | null;
  runbook_url: string | null;
}

interface EventRow {
  at: Date;
  kind: string;
  text: string;
  actor: string | null;
}

/** Text of alerts and people stays text: what Markdown would read as a mark is escaped, line ends become spaces. */
const plain = (text: string): string =>
  text.replace(/[\\`*_{}[\]<>()#+!|~]/g, "\\$&").replaceAll(/\s*\n\s*/g, " ");

const since = (from: Date, to: Date | null): string =>
  to === null ? "not yet" : duration(to.getTime() - from.getTime());

/**
 * A postmortem to be finished by people: the facts are filled in, the questions are left. Markdown.
 *
 * @param id uuid, or the number that people use
 * @returns undefined when there is no such incident
 */
export async function renderPostmortem(queries: Queries, id: string): Promise<string | undefined> {
  const column = /^\d+$/.test(id) ? "number" : "id";
  const { rows } = await queries.query<IncidentRow>(
    `postmortem-by-${column}`,
    `SELECT id, number, alertname, service, severity, priority, state, summary, description, started_at, opened_at,
       first_acknowledged_at, acknowledged_by, assignee, resolved_at, closed_as, runbook_url
     FROM incident WHERE ${column} = $1`,
    [id],
  );
  const incident = rows[0];
  if (!incident) return undefined;
  const events = await queries.query<EventRow>(
    "postmortem-timeline",
    "SELECT at, kind, text, actor FROM incident_event WHERE incident_id = $1 ORDER BY id",
    [incident.id],
  );
  const told = await queries.query<{ destination: string; at: Date }>(
    "postmortem-messages",
    `SELECT destination, min(finished_at) AS at FROM delivery WHERE incident_id = $1 AND state = 'sent'
     GROUP BY destination ORDER BY at`,
    [incident.id],
  );
  const { started_at: started, opened_at: opened, resolved_at: resolved } = incident;
  const notes = events.rows.filter(({ kind }) => kind === "note");
  const lines = [
    `# Postmortem: incident #${incident.number}, ${plain(incident.alertname)}`,
    "",
    plain(incident.summary),
    "",
    "## Facts",
    "",
    "| | |",
    "|---|---|",
    `| Service | ${plain(incident.service || "unknown")} |`,
    `| Priority | ${incident.priority} (${incident.severity}) |`,
    `| Began | ${instant(started)} |`,
    `| Detected after | ${since(started, opened)} |`,
    `| Acknowledged after | ${since(opened, incident.first_acknowledged_at)} |`,
    `| Resolved after | ${since(opened, resolved)} |`,
    `| Looked after by | ${plain(incident.assignee ?? incident.acknowledged_by ?? "nobody")} |`,
    `| Worth the page | ${incident.closed_as ?? "not judged yet"} |`,
    ...(incident.runbook_url
      ? [`| Runbook | <${incident.runbook_url.replaceAll(/[|<>]/g, encodeURIComponent)}> |`]
      : []),
    "",
    plain(incident.description),
    "",
    "## Who was told",
    "",
    ...(told.rows.length === 0
      ? ["Nobody."]
      : told.rows.map(({ destination, at }) => `- ${instant(at)}: ${plain(destination)}`)),
    "",
    "## Timeline",
    "",
    ...events.rows.map(
      ({ at, text, actor }) => `- ${instant(at)}: ${plain(text)}${actor ? ` (${plain(actor)})` : ""}`,
    ),
    "",
    "## Notes",
    "",
    ...(notes.length === 0
      ? ["None."]
      : notes.map(({ text, actor }) => `- ${plain(actor ?? "")}: ${plain(text)}`)),
    "",
    "## To be answered",
    "",
    "- What did users notice, and for how long?",
    "- What was the cause, and what made it possible?",
    "- What helped, and what held people up?",
    "- What changes, by whom and until when?",
    "",
  ];
  return lines.join("\n");
}
