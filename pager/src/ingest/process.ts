import type { Queries, QueryRunner } from "@watchkeeper/exporters/database";
import type { Log } from "@watchkeeper/process/log";
import { reasonOf } from "@watchkeeper/process/main";
import type { Pass } from "../checkpoint.ts";
import { applyFacts } from "../incidents/apply-facts.ts";
import { unreadableAlert } from "../incidents/own-alerts.ts";
import { recordEvents } from "../incidents/timeline.ts";
import { countSuperseded, type PagerMetrics } from "../metrics.ts";
import type { Superseded } from "../outbox/enqueue.ts";
import type { Reach } from "../routes.ts";
import { type Payload, parsePayload, type WebhookSource } from "./payload.ts";

/*
 *   pending ──read──► processed
 *      │ └─not readable, in whole or in part──► quarantined (kept, and an incident says so)
 *      └─processing fails──► pending, due later; after MAX_FAILURES quarantined
 *
 * The row is locked while it is processed: a crash frees it at once for the other replica.
 */

/** A body that fails this often, the last time after a minute, will fail for ever. It never holds up the others. */
const MAX_FAILURES = 5;
const FIRST_PAUSE_MS = 2_000;

export interface ProcessorOptions {
  readonly database: QueryRunner;
  readonly reach: Reach;
  /** Where the links of a complaint lead, without a slash at its end. */
  readonly consoleUrl: string;
  readonly metrics: PagerMetrics;
  readonly log: Log;
  /** Called after the commit of a body from which something may leave, or somebody may be asked. */
  readonly onNews?: (() => void) | undefined;
  /** Called after the commit of a body that Alertmanager left alerts out of. */
  readonly onLeftOut?: (() => void) | undefined;
  readonly checkpoint?: Pass | undefined;
}

interface InboxRow {
  id: string;
  source: WebhookSource;
  body: Buffer;
  received_at: Date;
}

/** The body's processing failed; the reason is the cause. With the database away, counting it fails too. */
class Refused extends Error {
  readonly inboxId: string;
  constructor(inboxId: string, cause: unknown) {
    super(reasonOf(cause), { cause });
    this.inboxId = inboxId;
  }
}

/**
 * Turns the next waiting webhook body into alerts, incidents and deliveries, in one transaction.
 *
 * @returns whether there was one, so that the caller asks again
 * @throws Error when the database is away
 */
export async function processNext(options: ProcessorOptions): Promise<boolean> {
  const { database, metrics, log, checkpoint } = options;
  try {
    const done = await database.transaction(async (tx) => {
      const row = await lockNext(tx);
      if (!row) return undefined;
      const payload = parsePayload(row.body, row.source);
      try {
        const superseded = await applyPayload(tx, row, payload, options);
        await closeRow(tx, row.id, payload.unreadable);
        await checkpoint?.("applied");
        return { row, payload, superseded };
      } catch (error) {
        throw new Refused(row.id, error);
      }
    });
    if (!done) return false;
    await checkpoint?.("processed");
    if (done.payload.unreadable !== null || done.payload.facts.some(({ severity }) => severity !== "info")) {
      options.onNews?.();
    }
    const { row, payload, superseded } = done;
    metrics.webhooks.inc({ inbox_result: payload.unreadable === null ? "accepted" : "unreadable" });
    countSuperseded(metrics, superseded);
    if (payload.truncatedAlerts > 0) {
      metrics.reconciled.inc({ reconcile_result: "left_out" }, payload.truncatedAlerts);
      options.onLeftOut?.();
    }
    const { truncatedAlerts, unreadable } = payload;
    const level = unreadable !== null || truncatedAlerts > 0 ? "warn" : "debug";
    log[level](
      { inboxId: row.id, alerts: payload.facts.length, truncatedAlerts, unreadable },
      "webhook processed",
    );
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    log.error({ err: error.cause, inboxId: error.inboxId }, "webhook not processed");
    await countFailure(options, error);
    options.onNews?.();
    return true;
  }
}

/**
 * The oldest of those that may tell of a P0, then the oldest of all.
 *
 * The transaction need not be on disk before it counts: a server that crashes before that still has the body, and reads
 * it again. Whatever leaves because of it is logged by a later transaction that is, and the log of writes has an order.
 */
async function lockNext(tx: Queries): Promise<InboxRow | undefined> {
  const { rows } = await tx.query<InboxRow>(
    "lock-inbox-row",
    `SELECT id, source, body, received_at, set_config('synchronous_commit', 'off', true) FROM inbox WHERE state = 'pending' AND due_at <= pager_now()
     ORDER BY urgent DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED`,
  );
  return rows[0];
}

async function applyPayload(
  tx: Queries,
  row: InboxRow,
  payload: Payload,
  { reach, consoleUrl }: ProcessorOptions,
): Promise<readonly Superseded[]> {
  if (payload.watchdog) {
    await tx.query(
      "beat-watchdog",
      `INSERT INTO heartbeat AS h (name, seen_at) VALUES ('Watchdog', $1)
       ON CONFLICT (name) DO UPDATE SET seen_at = greatest(h.seen_at, excluded.seen_at)`,
      [row.received_at],
    );
  }
  const complaint =
    payload.unreadable === null
      ? []
      : [unreadableAlert({ inboxId: row.id, reason: payload.unreadable, consoleUrl })];
  const cause = { inboxId: row.id, receivedAt: row.received_at };
  const superseded = await applyFacts(tx, [...payload.facts, ...complaint], cause, reach);
  if (payload.truncatedAlerts > 0) await sayLeftOut(tx, payload);
  return superseded;
}

/** Once in each incident of the body: what it shows may be less than what is wrong. */
async function sayLeftOut(tx: Queries, { facts, truncatedAlerts }: Payload): Promise<void> {
  const { rows } = await tx.query<{ id: string }>(
    "incidents-of-truncated-body",
    `SELECT id FROM incident i WHERE key = ANY($1) AND state <> 'resolved' AND NOT EXISTS (
       SELECT 1 FROM incident_event e WHERE e.incident_id = i.id AND e.kind = 'left-out')`,
    [[...new Set(facts.map(({ incidentKey }) => incidentKey))]],
  );
  const text = `Alertmanager left ${truncatedAlerts} alerts out of its message (its max_alerts): it is asked for them`;
  await recordEvents(
    tx,
    rows.map(({ id }) => ({ incidentId: id, kind: "left-out", text })),
  );
}

async function closeRow(tx: Queries, id: string, unreadable: string | null): Promise<void> {
  await tx.query(
    "close-inbox-row",
    `UPDATE inbox SET state = CASE WHEN $2::text IS NULL THEN 'processed' ELSE 'quarantined' END, reason = $2,
       processed_at = pager_now() WHERE id = $1`,
    [id, unreadable],
  );
}

/** In a transaction of its own, as the failed one took everything back. */
async function countFailure(
  { database, reach, consoleUrl, metrics }: ProcessorOptions,
  refused: Refused,
): Promise<void> {
  const quarantined = await database.transaction(async (tx) => {
    const { rows } = await tx.query<{ failures: number; received_at: Date }>(
      "count-inbox-failure",
      `UPDATE inbox SET failures = failures + 1, reason = $2,
         due_at = pager_now() + $3 * 2 ^ failures * interval '1 millisecond'
       WHERE id = $1 AND state = 'pending' RETURNING failures, received_at`,
      [refused.inboxId, refused.message, FIRST_PAUSE_MS],
    );
    const row = rows[0];
    if (!row || row.failures < MAX_FAILURES) return false;
    const cause = { inboxId: refused.inboxId, receivedAt: row.received_at };
    const complaint = unreadableAlert({ inboxId: refused.inboxId, reason: refused.message, consoleUrl });
    await applyFacts(tx, [complaint], cause, reach);
    await closeRow(tx, refused.inboxId, refused.message);
    return true;
  });
  if (quarantined) metrics.webhooks.inc({ inbox_result: "unreadable" });
}
