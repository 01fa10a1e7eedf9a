import type { Queries } from "@watchkeeper/exporters/database";

interface IncidentRow {
  id: string;
  number: string;
  alertname: string;
  summary: string;
  description: string;
  severity: string;
  state: string;
  service: string;
  started_at: Date;
  updated_at: Date;
  resolved_at: Date | null;
  runbook_url: string | null;
  dashboard_url: string | null;
  firing: number;
  alerts: number;
}

const COLUMNS = `i.id, i.number, i.alertname, i.summary, i.description, i.severity, i.state, i.service, i.started_at,
  i.updated_at, i.resolved_at, i.runbook_url, i.dashboard_url, i.firing,
  (SELECT count(*)::integer FROM alert a WHERE a.incident_id = i.id) AS alerts`;

const present = (row: IncidentRow) => ({
  id: row.id,
  number: Number(row.number),
  title: row.summary ? `${row.alertname}: ${row.summary}` : row.alertname,
  alertname: row.alertname,
  summary: row.summary,
  description: row.description,
  severity: row.severity,
  state: row.state,
  service: row.service,
  startedAt: row.started_at,
  updatedAt: row.updated_at,
  resolvedAt: row.resolved_at,
  runbookUrl: row.runbook_url,
  dashboardUrl: row.dashboard_url,
  alerts: row.alerts,
  firing: row.firing,
});

export type IncidentView = ReturnType<typeof present>;

export type StateFilter = "open" | "resolved" | "all";

/** The newest incidents first, by number. */
export async function listIncidents(
  queries: Queries,
  state: StateFilter,
  limit: number,
): Promise<readonly IncidentView[]> {
  const { rows } = await queries.query<IncidentRow>(
    "list-incidents",
    `SELECT ${COLUMNS} FROM incident i
     WHERE $1 = 'all' OR (i.state = 'resolved') = ($1 = 'resolved') ORDER BY i.number DESC LIMIT $2`,
    [state, limit],
  );
  return rows.map(present);
}

/**
 * One incident with its history, oldest first, and what was sent about it.
 *
 * @param id uuid, or the number that people use
 */
export async function findIncident(queries: Queries, id: string) {
  const column = /^\d+$/.test(id) ? "number" : "id";
  const { rows } = await queries.query<IncidentRow>(
    `find-incident-by-${column}`,
    `SELECT ${COLUMNS} FROM incident i WHERE i.${column} = $1`,
    [id],
  );
  const row = rows[0];
  if (!row) return undefined;
  const timeline = await queries.query<{ at: Date; kind: string; text: string }>(
    "incident-timeline",
    "SELECT at, kind, text FROM incident_event WHERE incident_id = $1 ORDER BY id",
    [row.id],
  );
  const deliveries = await queries.query(
    "incident-deliveries",
    `SELECT d.destination AS channel, d.kind, d.state, d.reason,
       (SELECT count(*)::integer FROM delivery_attempt a WHERE a.delivery_id = d.id) AS attempts,
       CASE WHEN d.state = 'sent' THEN d.finished_at END AS "sentAt"
     FROM delivery d WHERE d.incident_id = $1 ORDER BY d.sequence`,
    [row.id],
  );
  return { ...present(row), timeline: timeline.rows, deliveries: deliveries.rows };
}
