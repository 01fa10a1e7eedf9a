import type { Queries } from "@watchkeeper/exporters/database";
import type { AlertFact, Cause } from "./fact.ts";

/**
 * A firing fact that is received this long after the resolution, and yet began before it, is no late duplicate: our
 * answers take less, and so do a pair of Alertmanagers. It is an alert that was resolved only because nobody heard of
 * it for a while (Prometheus cut off, a machine asleep) and that fires still.
 */
const STALE_SECONDS = 15;

/**
 * Keeps, of all facts about each alert, the latest; the order is (time, firing before resolved), a total one, so
 * duplicates and any order of arrival end in the same row. Facts that are equal in both differ at most in words
 * (values in a description): the newest body's are kept.
 */
export async function mergeFacts(tx: Queries, facts: readonly AlertFact[], cause: Cause): Promise<void> {
  await tx.query(
    "merge-facts",
    `WITH fact AS (
       SELECT f.source, f.fingerprint, f."incidentKey" AS incident_key, f.status, f.severity, f.priority, f.labels, f.annotations,
              coalesce(f."factAt", pager_now()) AS fact_at, coalesce(f."startsAt", pager_now()) AS starts_at,
              pager_now() + f."expiresAfterMs" * interval '1 millisecond' AS expires_at
       FROM jsonb_to_recordset($1::jsonb) AS f(source text, fingerprint text, "incidentKey" text, status text,
         "factAt" timestamptz, "startsAt" timestamptz, "expiresAfterMs" double precision, severity text,
         priority text, labels jsonb, annotations jsonb)
     ), latest AS (
       SELECT DISTINCT ON (source, fingerprint) *, coalesce($3, pager_now()) AS told_at FROM fact
       ORDER BY source, fingerprint, fact_at DESC, status = 'firing' DESC
     )
     INSERT INTO alert AS known (source, fingerprint, incident_key, status, fact_at, starts_at, expires_at, severity,
       priority, labels, annotations, inbox_id, told_at)
     SELECT source, fingerprint, incident_key, status, fact_at, starts_at, expires_at, severity, priority, labels,
       annotations, $2::bigint, told_at
     FROM latest ORDER BY source, fingerprint
     ON CONFLICT (source, fingerprint) DO UPDATE SET
       incident_key = excluded.incident_key, status = excluded.status,
       fact_at = CASE WHEN excluded.fact_at < known.fact_at THEN excluded.told_at ELSE excluded.fact_at END,
       starts_at = excluded.starts_at, expires_at = excluded.expires_at, severity = excluded.severity,
       priority = excluded.priority,
       labels = excluded.labels, annotations = excluded.annotations, inbox_id = excluded.inbox_id,
       told_at = excluded.told_at, suppressed = false, absent_since = NULL
     WHERE ((excluded.fact_at, excluded.status = 'firing', coalesce(excluded.inbox_id, 0))
         > (known.fact_at, known.status = 'firing', coalesce(known.inbox_id, 0))
       OR (excluded.status = 'firing' AND known.status = 'resolved'
         AND excluded.told_at > known.told_at + $4 * interval '1 second'))
       AND (excluded.status, excluded.fact_at, excluded.labels, excluded.annotations, excluded.expires_at)
         IS DISTINCT FROM (known.status, known.fact_at, known.labels, known.annotations, known.expires_at)`,
    [JSON.stringify(facts), cause.inboxId, cause.receivedAt, STALE_SECONDS],
  );
}
