import type { Queries } from "@watchkeeper/exporters/database";

/** Processed bodies are kept for looking back; what they said lives on in alerts and incidents. */
const KEEP_BODIES_DAYS = 30;

/** Rows a minute: a backlog shrinks without one long lock. */
const BATCH = 5_000;

/** Removes what only fills the disk. Incidents, their history and quarantined bodies stay. */
export async function removeOldRows(queries: Queries): Promise<void> {
  await queries.query(
    "remove-old-bodies",
    `DELETE FROM inbox WHERE id IN (
       SELECT id FROM inbox WHERE state = 'processed' AND processed_at < pager_now() - $1 * interval '1 day'
       ORDER BY processed_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [KEEP_BODIES_DAYS, BATCH],
  );
}
