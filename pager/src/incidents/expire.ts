import type { QueryRunner } from "@watchkeeper/exporters/database";
import type { Superseded } from "../outbox/enqueue.ts";
import type { Reach } from "../routes.ts";
import { applyFacts } from "./apply-facts.ts";
import type { AlertFact, Source } from "./fact.ts";
import type { Priority } from "./priority.ts";
import type { Severity } from "./severity.ts";

interface ExpiredRow {
  source: Source;
  fingerprint: string;
  incident_key: string;
  severity: Severity;
  priority: Priority;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** Resolves firing alerts whose last fact holds no longer. A fact that comes in between is later and wins. */
export async function expireAlerts(database: QueryRunner, reach: Reach): Promise<readonly Superseded[]> {
  const { rows } = await database.query<ExpiredRow>(
    "expired-alerts",
    `SELECT source, fingerprint, incident_key, severity,
       coalesce(priority, CASE severity WHEN 'ticket' THEN 'P2' WHEN 'info' THEN 'P3' ELSE 'P1' END) AS priority, labels, annotations FROM alert
     WHERE status = 'firing' AND expires_at <= pager_now()`,
  );
  if (rows.length === 0) return [];
  const facts = rows.map(
    (row): AlertFact => ({
      source: row.source,
      fingerprint: row.fingerprint,
      incidentKey: row.incident_key,
      status: "resolved",
      factAt: null,
      startsAt: null,
      expiresAfterMs: null,
      severity: row.severity,
      priority: row.priority,
      labels: row.labels,
      annotations: row.annotations,
    }),
  );
  return database.transaction((tx) => applyFacts(tx, facts, { inboxId: null, receivedAt: null }, reach));
}
