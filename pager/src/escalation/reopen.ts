import type { QueryRunner } from "@watchkeeper/exporters/database";
import type { Severity } from "../incidents/severity.ts";
import { recordEvents } from "../incidents/timeline.ts";
import { enqueueDeliveries } from "../outbox/enqueue.ts";
import type { Reach } from "../routes.ts";
import { beginEscalations, type EscalatedIncident } from "./run.ts";

interface ReturningRow extends EscalatedIncident {
  severity: Severity;
  why: "acknowledgement-ran-out" | "snooze-ended";
  by: string | null;
}

const BATCH = 50;

/**
 * Incidents come back: an acknowledgement that led to nothing within its time, and a snooze that is over. People are
 * asked again from the first level.
 *
 * @returns whether there may be more
 */
export async function reopenDue(database: QueryRunner, reach: Reach): Promise<boolean> {
  return database.transaction(async (tx) => {
    const { rows } = await tx.query<ReturningRow>(
      "returning-incidents",
      `SELECT i.id, i.severity, i.priority, i.alertname, i.service, i.labels, i.acknowledged_by AS by,
         CASE i.state WHEN 'acknowledged' THEN 'acknowledgement-ran-out' ELSE 'snooze-ended' END AS why
       FROM incident i JOIN incident_key k ON k.key = i.key
       WHERE (i.state = 'acknowledged' AND i.acknowledged_until <= pager_now())
         OR (i.state = 'triggered' AND i.snoozed_until <= pager_now())
       ORDER BY i.priority, i.number LIMIT $1 FOR NO KEY UPDATE OF k, i SKIP LOCKED`,
      [BATCH],
    );
    if (rows.length === 0) return false;
    const ids = rows.map(({ id }) => id);
    await tx.query(
      "reopen-incidents",
      `UPDATE incident SET state = 'triggered', version = version + 1, updated_at = pager_now(),
         acknowledged_at = NULL, acknowledged_by = NULL, acknowledged_until = NULL, snoozed_until = NULL
       WHERE id = ANY($1)`,
      [ids],
    );
    await recordEvents(
      tx,
      rows.map(({ id, why, by }) => ({
        incidentId: id,
        kind: why,
        text:
          why === "snooze-ended"
            ? "the snooze is over: people are asked again"
            : `the acknowledgement by ${by ?? "somebody"} ran out: people are asked again`,
      })),
    );
    await beginEscalations(tx, reach.directory, rows);
    const settled = rows.map((row) => ({ ...row, news: "changed" as const, event: undefined }));
    await enqueueDeliveries(tx, settled, null, reach.destinations);
    return rows.length === BATCH;
  });
}
