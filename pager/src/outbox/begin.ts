import type { Queries } from "@watchkeeper/exporters/database";
import type { Message, Page, TimelineLine } from "../channels/channel.ts";
import type { Priority } from "../incidents/priority.ts";
import type { Severity } from "../incidents/severity.ts";
import type { Claim } from "./claim.ts";
import type { FailedDelivery } from "./retry.ts";

/** What the recheck right before sending found. */
export type Begin =
  | {
      readonly send: true;
      readonly message: Message;
      readonly delivery: FailedDelivery;
      readonly version: number;
      /** The newest line of the timeline that the message tells. */
      readonly event: number;
    }
  | { readonly send: false; readonly reason: "lease-lost" }
  | { readonly send: false; readonly reason: "unwanted"; readonly because: string };

interface BeginRow {
  unwanted: string | null;
  kind: "announce" | "update" | "resolve";
  failures: number;
  may_have_arrived: boolean;
  age_ms: number;
  announce_id: string | null;
  announced_at: Date | null;
  created_at: Date;
  address: string | null;
  person: string | null;
  page: Page | null;
  applied_event: string;
  reference: string | null;
  last_reference: string | null;
  incident_id: string;
  number: string;
  state: Message["incident"]["state"];
  severity: Severity;
  priority: Priority;
  acknowledged_by: string | null;
  assignee: string | null;
  snoozed_until: Date | null;
  version: number;
  alertname: string;
  service: string;
  summary: string;
  description: string;
  started_at: Date;
  resolved_at: Date | null;
  firing: number;
  runbook_url: string | null;
  dashboard_url: string | null;
  panel_url: string | null;
  logs_url: string | null;
}

/**
 * Begins an attempt: checks that the claim still holds and the message is still wanted, logs the attempt, and reads
 * what to say. One statement, so that no attempt is ever made that the log does not know.
 */
export async function beginAttempt(queries: Queries, claim: Claim, consoleUrl: string): Promise<Begin> {
  const { rows } = await queries.query<BeginRow>(
    "begin-attempt",
    `WITH held AS MATERIALIZED (
       SELECT d.*, unwanted_because(d) AS unwanted FROM delivery d
       WHERE d.id = $1 AND d.token = $2 AND d.state = 'leased' AND d.lease_until > pager_now() FOR UPDATE
     ), logged AS (
       INSERT INTO delivery_attempt (delivery_id, token) SELECT id, token FROM held WHERE unwanted IS NULL
     )
     SELECT held.unwanted, held.kind, held.failures, held.may_have_arrived, held.created_at,
       (extract(epoch FROM pager_now() - held.created_at) * 1000)::double precision AS age_ms,
       a.id AS announce_id, a.created_at AS announced_at, m.reference, dest.last_reference, held.incident_id,
       dest.address, coalesce(n.person, dest.person) AS person, coalesce(m.applied_event, 0) AS applied_event,
       CASE WHEN n.id IS NOT NULL THEN
         jsonb_build_object('level', n.level + 1, 'round', n.round + 1, 'reason', n.reason) END AS page,
       i.number, i.state, i.severity, i.priority, i.acknowledged_by, i.assignee, i.snoozed_until, i.version,
       i.alertname, i.service, i.summary, i.description, i.started_at, i.resolved_at, i.firing, i.runbook_url,
       i.dashboard_url, i.panel_url, i.logs_url
     FROM held
     JOIN destination dest ON dest.name = held.destination
     JOIN incident i ON i.id = held.incident_id
     LEFT JOIN notification n ON n.id = held.notification_id
     LEFT JOIN delivery a ON a.incident_id = i.id AND a.destination = held.destination AND a.kind = 'announce'
     LEFT JOIN shown_message m ON m.incident_id = i.id AND m.destination = held.destination`,
    [claim.deliveryId, claim.token],
  );
  const row = rows[0];
  if (!row) return { send: false, reason: "lease-lost" };
  if (row.unwanted !== null) return { send: false, reason: "unwanted", because: row.unwanted };
  const kind = row.kind === "update" && row.page ? "again" : row.kind;
  const history = await readHistory(queries, row.incident_id, row.applied_event);
  return {
    send: true,
    version: row.version,
    event: history.at(-1)?.id ?? Number(row.applied_event),
    delivery: {
      id: claim.deliveryId,
      kind,
      priority: row.priority,
      failures: row.failures,
      ageMs: row.age_ms,
    },
    message: {
      deliveryId: claim.deliveryId,
      kind,
      to: { address: row.address, person: row.person },
      page: row.page,
      history,
      mayHaveArrived: row.may_have_arrived,
      lastReference: row.last_reference,
      announcement: {
        deliveryId: row.announce_id ?? claim.deliveryId,
        createdAt: row.announced_at ?? row.created_at,
        reference: row.reference,
      },
      incident: {
        id: row.incident_id,
        number: Number(row.number),
        state: row.state,
        severity: row.severity,
        priority: row.priority,
        acknowledgedBy: row.acknowledged_by,
        assignee: row.assignee,
        snoozedUntil: row.snoozed_until,
        alertname: row.alertname,
        service: row.service,
        summary: row.summary,
        description: row.description,
        startedAt: row.started_at,
        resolvedAt: row.resolved_at,
        firing: row.firing,
        runbookUrl: row.runbook_url,
        dashboardUrl: row.dashboard_url,
        panelUrl: row.panel_url,
        logsUrl: row.logs_url,
        url: `${consoleUrl}/incidents/${row.number}`,
      },
    },
  };
}

const MAX_LINES = 50;

async function readHistory(
  queries: Queries,
  incidentId: string,
  after: string,
): Promise<readonly TimelineLine[]> {
  const { rows } = await queries.query<Omit<TimelineLine, "id"> & { id: string }>(
    "history-since",
    `SELECT id, at, kind, text, actor FROM incident_event WHERE incident_id = $1 AND id > $2
     ORDER BY id DESC LIMIT $3`,
    [incidentId, after, MAX_LINES],
  );
  return rows.map((row) => ({ ...row, id: Number(row.id) })).reverse();
}
