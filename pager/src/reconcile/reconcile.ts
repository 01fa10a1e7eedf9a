import type { Queries, QueryRunner } from "@watchkeeper/exporters/database";
import { beginEscalations, type EscalatedIncident, stopEscalations } from "../escalation/run.ts";
import { applyFacts } from "../incidents/apply-facts.ts";
import type { AlertFact } from "../incidents/fact.ts";
import { lockKeys } from "../incidents/observe.ts";
import type { Priority } from "../incidents/priority.ts";
import type { Severity } from "../incidents/severity.ts";
import { recordEvents } from "../incidents/timeline.ts";
import { factOf } from "../ingest/payload.ts";
import { countSuperseded, type PagerMetrics } from "../metrics.ts";
import type { Superseded } from "../outbox/enqueue.ts";
import type { Reach } from "../routes.ts";
import type { Upstream } from "./alertmanager.ts";
import { compare, type Differences, type KnownAlert } from "./compare.ts";

interface KnownRow extends KnownAlert {
  incidentKey: string;
  severity: Severity;
  priority: Priority | null;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  now: Date;
}

const SOURCE = "alertmanager";

/**
 * Compares what Alertmanager knows with what we know and puts right what got lost on the way: an alert that fires and
 * that nobody told us of, an end that never came, a silence that Alertmanager never speaks of. Two replicas that come
 * at the same time do it once.
 *
 * @param leftOut Alertmanager said that it left alerts out of a message: what is unknown is not waited for
 */
export async function reconcile(
  database: QueryRunner,
  reach: Reach,
  metrics: PagerMetrics,
  upstream: Upstream,
  leftOut = false,
): Promise<void> {
  const done = await database.transaction(async (tx) => {
    const lock = await tx.query<{ ours: boolean }>(
      "lock-reconciliation",
      "SELECT pg_try_advisory_xact_lock(hashtextextended('reconciliation', 0)) AS ours",
    );
    if (!lock.rows[0]?.ours) return undefined;
    return apply(tx, reach, upstream, leftOut);
  });
  if (!done) return;
  const { differences, superseded } = done;
  countSuperseded(metrics, superseded);
  metrics.reconciled.inc({ reconcile_result: "missed_firing" }, differences.missedFiring.length);
  metrics.reconciled.inc({ reconcile_result: "missed_resolve" }, differences.missedResolve.length);
  metrics.reconciled.inc({ reconcile_result: "suppressed" }, differences.suppressed.length);
  metrics.reconciled.inc({ reconcile_result: "unsuppressed" }, differences.unsuppressed.length);
}

async function apply(
  tx: Queries,
  reach: Reach,
  upstream: Upstream,
  leftOut: boolean,
): Promise<{ differences: Differences; superseded: readonly Superseded[] }> {
  const { rows } = await tx.query<KnownRow>(
    "known-firing-alerts",
    `SELECT fingerprint, suppressed, absent_since AS "absentSince", incident_key AS "incidentKey", severity, priority,
       labels, annotations
     FROM alert WHERE source = $1 AND status = 'firing'`,
    [SOURCE],
  );
  const present = await tx.query<{ now: Date }>("present", "SELECT pager_now() AS now");
  const now = present.rows[0]?.now ?? new Date();
  const differences = compare(upstream, rows, now, leftOut ? 0 : undefined);
  const firing = differences.missedFiring.map((alert) => factOf({ ...alert, status: "firing" }, SOURCE));
  const gone = new Set(differences.missedResolve);
  const ended = rows.filter(({ fingerprint }) => gone.has(fingerprint)).map(endOf);
  const changed = new Set([...differences.suppressed, ...differences.unsuppressed]);
  const marked = rows.filter(({ fingerprint }) => changed.has(fingerprint)).map((row) => row.incidentKey);
  // All locks at once: applying facts afterwards asks for some of the same again.
  await lockKeys(tx, [
    ...new Set([
      ...firing.map(({ incidentKey }) => incidentKey),
      ...ended.map(({ incidentKey }) => incidentKey),
      ...marked,
    ]),
  ]);
  await mark(tx, differences);
  await sayWhy(tx, differences);
  const superseded = await applyFacts(tx, [...firing, ...ended], { inboxId: null, receivedAt: null }, reach);
  await followSuppression(tx, reach, [...new Set(marked)]);
  return { differences, superseded };
}

const endOf = (row: KnownRow): AlertFact => ({
  source: SOURCE,
  fingerprint: row.fingerprint,
  incidentKey: row.incidentKey,
  status: "resolved",
  factAt: null,
  startsAt: null,
  expiresAfterMs: null,
  severity: row.severity,
  priority: row.priority ?? "P1",
  labels: row.labels,
  annotations: row.annotations,
});

async function mark(tx: Queries, differences: Differences): Promise<void> {
  const { absent, presentAgain, suppressed, unsuppressed } = differences;
  if (absent.length + presentAgain.length + suppressed.length + unsuppressed.length === 0) return;
  await tx.query(
    "mark-alerts",
    `UPDATE alert SET
       absent_since = CASE WHEN fingerprint = ANY($2) THEN pager_now() WHEN fingerprint = ANY($3) THEN NULL
         ELSE absent_since END,
       suppressed = (suppressed OR fingerprint = ANY($4)) AND fingerprint <> ALL($5)
     WHERE source = $1 AND fingerprint = ANY($2::text[] || $3::text[] || $4::text[] || $5::text[])`,
    [SOURCE, absent, presentAgain, suppressed, unsuppressed],
  );
}

/** An end that nobody told is explained in the timeline. */
async function sayWhy(tx: Queries, { missedResolve }: Differences): Promise<void> {
  if (missedResolve.length === 0) return;
  const { rows } = await tx.query<{ id: string; count: number }>(
    "incidents-of-gone-alerts",
    `SELECT incident_id AS id, count(*)::integer FROM alert
     WHERE source = $1 AND fingerprint = ANY($2) AND incident_id IS NOT NULL GROUP BY incident_id`,
    [SOURCE, missedResolve],
  );
  await recordEvents(
    tx,
    rows.map(({ id, count }) => ({
      incidentId: id,
      kind: "source-gone",
      text: `Alertmanager has not known ${count === 1 ? "an alert" : `${count} alerts`} of it for 5 minutes`,
    })),
  );
}

/** An incident all of whose alerts are silenced or inhibited asks nobody until one of them speaks again. */
async function followSuppression(tx: Queries, reach: Reach, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const { rows } = await tx.query<EscalatedIncident & { state: string; suppressed: boolean }>(
    "suppress-incidents",
    `UPDATE incident i SET suppressed_upstream = NOT i.suppressed_upstream, version = version + 1,
       updated_at = pager_now()
     WHERE i.key = ANY($1) AND i.state <> 'resolved' AND i.suppressed_upstream IS DISTINCT FROM (
       SELECT coalesce(bool_and(a.suppressed), false) FROM alert a
       WHERE a.incident_key = i.key AND a.status = 'firing')
     RETURNING i.id, i.priority, i.alertname, i.service, i.labels, i.state, i.suppressed_upstream AS suppressed`,
    [keys],
  );
  const silenced = rows.filter(({ suppressed }) => suppressed);
  const speaking = rows.filter(({ suppressed, state }) => !suppressed && state === "triggered");
  await recordEvents(
    tx,
    rows.map(({ id, suppressed }) => ({
      incidentId: id,
      kind: suppressed ? "suppressed-upstream" : "unsuppressed-upstream",
      text: suppressed
        ? "silenced or inhibited in Alertmanager: nobody is asked meanwhile"
        : "no longer silenced or inhibited in Alertmanager",
    })),
  );
  await stopEscalations(
    tx,
    silenced.map(({ id }) => id),
    "suppressed",
  );
  await beginEscalations(tx, reach.directory, speaking);
}
