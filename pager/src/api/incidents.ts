import type { Queries } from "@watchkeeper/exporters/database";

export interface IncidentView {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly alertname: string;
  readonly summary: string;
  readonly description: string;
  readonly severity: "page" | "ticket" | "info";
  readonly priority: "P0" | "P1" | "P2" | "P3";
  readonly state: "triggered" | "acknowledged" | "resolved";
  readonly version: number;
  readonly service: string;
  readonly labels: Record<string, string>;
  readonly startedAt: Date;
  readonly openedAt: Date;
  readonly updatedAt: Date;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedBy: string | null;
  readonly firstAcknowledgedAt: Date | null;
  readonly snoozedUntil: Date | null;
  readonly assignee: string | null;
  readonly resolvedAt: Date | null;
  readonly resolvedBy: string | null;
  readonly closedAs: "actionable" | "noise" | null;
  readonly foldedInto: number | null;
  readonly suppressedUpstream: boolean;
  readonly policy: string | null;
  readonly runbookUrl: string | null;
  readonly dashboardUrl: string | null;
  readonly panelUrl: string | null;
  readonly logsUrl: string | null;
  readonly alerts: number;
  readonly firing: number;
}

const COLUMNS = `i.id, i.number::double precision AS number,
  CASE WHEN i.summary = '' THEN i.alertname ELSE i.alertname || ': ' || i.summary END AS title,
  i.alertname, i.summary, i.description, i.severity, i.priority, i.state, i.version, i.service, i.labels,
  i.started_at AS "startedAt", i.opened_at AS "openedAt", i.updated_at AS "updatedAt",
  i.acknowledged_at AS "acknowledgedAt", i.acknowledged_by AS "acknowledgedBy",
  i.first_acknowledged_at AS "firstAcknowledgedAt", i.snoozed_until AS "snoozedUntil", i.assignee,
  i.resolved_at AS "resolvedAt", i.resolved_by AS "resolvedBy", i.closed_as AS "closedAs",
  (SELECT storm.number::double precision FROM incident storm WHERE storm.id = i.folded_into) AS "foldedInto",
  i.suppressed_upstream AS "suppressedUpstream", i.policy_id AS policy, i.runbook_url AS "runbookUrl",
  i.dashboard_url AS "dashboardUrl", i.panel_url AS "panelUrl", i.logs_url AS "logsUrl", i.firing,
  (SELECT count(*)::integer FROM alert a WHERE a.incident_id = i.id) AS alerts`;

export interface IncidentFilter {
  readonly state: "open" | "triggered" | "acknowledged" | "snoozed" | "resolved" | "all";
  readonly severity?: string | undefined;
  readonly priority?: string | undefined;
  readonly service?: string | undefined;
  readonly assignee?: string | undefined;
  /** A part of the alert's name or of the summary, in any case. */
  readonly text?: string | undefined;
  /** Only incidents with a smaller number. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** `%` and `_` as themselves. */
const contains = (text: string): string => `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;

/** The newest incidents first, by number. */
export async function listIncidents(
  queries: Queries,
  filter: IncidentFilter,
): Promise<readonly IncidentView[]> {
  const { rows } = await queries.query<IncidentView>(
    "list-incidents",
    `SELECT ${COLUMNS} FROM incident i
     WHERE CASE $1
         WHEN 'all' THEN true
         WHEN 'open' THEN i.state <> 'resolved'
         WHEN 'snoozed' THEN i.state <> 'resolved' AND i.snoozed_until > pager_now()
         ELSE i.state = $1 END
       AND ($2::text IS NULL OR i.severity = $2) AND ($3::text IS NULL OR i.priority = $3)
       AND ($4::text IS NULL OR i.service = $4) AND ($5::text IS NULL OR i.assignee = $5)
       AND ($6::text IS NULL OR i.alertname ILIKE $6 OR i.summary ILIKE $6)
       AND ($7::bigint IS NULL OR i.number < $7)
     ORDER BY i.number DESC LIMIT $8`,
    [
      filter.state,
      filter.severity ?? null,
      filter.priority ?? null,
      filter.service ?? null,
      filter.assignee ?? null,
      filter.text === undefined ? null : contains(filter.text),
      filter.before ?? null,
      filter.limit,
    ],
  );
  return rows;
}

export interface TimelineEntry {
  readonly id: number;
  readonly at: Date;
  readonly kind: string;
  readonly text: string;
  /** Who did it and by which way; null for what the pager did by itself. */
  readonly actor: string | null;
  readonly source: string | null;
}

/** A part of an incident's history, oldest first. @param after only what came after the entry of this id */
export async function readTimeline(
  queries: Queries,
  incidentId: string,
  after: number,
  limit: number,
): Promise<readonly TimelineEntry[]> {
  const { rows } = await queries.query<TimelineEntry>(
    "incident-timeline",
    `SELECT id::double precision AS id, at, kind, text, actor, source FROM incident_event
     WHERE incident_id = $1 AND incident_event.id > $2 ORDER BY incident_event.id LIMIT $3`,
    [incidentId, after, limit],
  );
  return rows;
}

export interface IncidentDelivery {
  readonly channel: string;
  readonly person: string | null;
  readonly kind: string;
  readonly state: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly sentAt: Date | null;
}

/** An incident by its uuid or by the number that people use; undefined when there is none. */
export async function findIncident(queries: Queries, id: string): Promise<IncidentView | undefined> {
  const column = /^\d+$/.test(id) ? "number" : "id";
  const { rows } = await queries.query<IncidentView>(
    `find-incident-by-${column}`,
    `SELECT ${COLUMNS} FROM incident i WHERE i.${column} = $1`,
    [id],
  );
  return rows[0];
}

/** What was sent about an incident, oldest first. */
export async function deliveriesOf(
  queries: Queries,
  incidentId: string,
): Promise<readonly IncidentDelivery[]> {
  const { rows } = await queries.query<IncidentDelivery>(
    "incident-deliveries",
    `SELECT t.channel, t.person, d.kind, d.state, d.reason,
       (SELECT count(*)::integer FROM delivery_attempt a WHERE a.delivery_id = d.id) AS attempts,
       CASE WHEN d.state = 'sent' THEN d.finished_at END AS "sentAt"
     FROM delivery d JOIN destination t ON t.name = d.destination WHERE d.incident_id = $1 ORDER BY d.sequence`,
    [incidentId],
  );
  return rows;
}
