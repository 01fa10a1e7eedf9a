import type { Queries } from "@watchkeeper/exporters/database";
import type { Message } from "../channels/channel.ts";
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
    }
  | { readonly send: false; readonly reason: "lease-lost" }
  | { readonly send: false; readonly reason: "unwanted"; readonly because: string };

interface BeginRow {
  unwanted: string | null;
  kind: Message["kind"];
  failures: number;
  may_have_arrived: boolean;
  age_ms: number;
  announce_id: string;
  announced_at: Date;
  reference: string | null;
  last_reference: string | null;
  incident_id: string;
  number: string;
  state: Message["incident"]["state"];
  severity: Severity;
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
     SELECT held.unwanted, held.kind, held.failures, held.may_have_arrived,
       (extract(epoch FROM pager_now() - held.created_at) * 1000)::double precision AS age_ms,
       a.id AS announce_id, a.created_at AS announced_at, m.reference, dest.last_reference, held.incident_id,
       i.number, i.state, i.severity, i.version, i.alertname, i.service, i.summary, i.description, i.started_at,
       i.resolved_at, i.firing, i.runbook_url, i.dashboard_url
     FROM held
     JOIN destination dest ON dest.name = held.destination
     JOIN incident i ON i.id = held.incident_id
     JOIN delivery a ON a.incident_id = i.id AND a.destination = held.destination AND a.kind = 'announce'
     LEFT JOIN shown_message m ON m.incident_id = i.id AND m.destination = held.destination`,
    [claim.deliveryId, claim.token],
  );
  const row = rows[0];
  if (!row) return { send: false, reason: "lease-lost" };
  if (row.unwanted !== null) return { send: false, reason: "unwanted", because: row.unwanted };
  return {
    send: true,
    version: row.version,
    delivery: {
      id: claim.deliveryId,
      kind: row.kind,
      severity: row.severity,
      failures: row.failures,
      ageMs: row.age_ms,
    },
    message: {
      deliveryId: claim.deliveryId,
      kind: row.kind,
      mayHaveArrived: row.may_have_arrived,
      lastReference: row.last_reference,
      announcement: { deliveryId: row.announce_id, createdAt: row.announced_at, reference: row.reference },
      incident: {
        id: row.incident_id,
        number: Number(row.number),
        state: row.state,
        severity: row.severity,
        alertname: row.alertname,
        service: row.service,
        summary: row.summary,
        description: row.description,
        startedAt: row.started_at,
        resolvedAt: row.resolved_at,
        firing: row.firing,
        runbookUrl: row.runbook_url,
        dashboardUrl: row.dashboard_url,
        url: `${consoleUrl}/incidents/${row.number}`,
      },
    },
  };
}
