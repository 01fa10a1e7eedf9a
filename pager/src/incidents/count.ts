import type { Queries } from "@watchkeeper/exporters/database";
import type { PagerMetrics } from "../metrics.ts";
import type { Priority } from "./priority.ts";

interface Row {
  priority: Priority;
  opened: boolean;
  acknowledge_seconds: number | null;
  resolve_seconds: number | null;
}

const BATCH = 5_000;

/**
 * Counts openings, first acknowledgements and ends that no replica has counted yet, whatever brought them about. The
 * rows are marked in the same statement, so that two replicas together count each once; a crash right after it costs
 * the counts of a minute.
 */
export async function countIncidents(queries: Queries, metrics: PagerMetrics): Promise<void> {
  const { rows } = await queries.query<Row>(
    "count-incidents",
    `WITH uncounted AS (
       SELECT id, NOT opening_counted AS opened,
         first_acknowledged_at IS NOT NULL AND NOT acknowledgement_counted AS acknowledged,
         resolved_at IS NOT NULL AND NOT resolution_counted AS resolved
       FROM incident
       WHERE NOT opening_counted OR (first_acknowledged_at IS NOT NULL AND NOT acknowledgement_counted)
         OR (resolved_at IS NOT NULL AND NOT resolution_counted)
       LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
     )
     UPDATE incident i SET opening_counted = true,
       acknowledgement_counted = i.acknowledgement_counted OR u.acknowledged,
       resolution_counted = i.resolution_counted OR u.resolved
     FROM uncounted u WHERE u.id = i.id
     RETURNING i.priority, u.opened,
       CASE WHEN u.acknowledged
         THEN extract(epoch FROM i.first_acknowledged_at - i.opened_at)::double precision END AS acknowledge_seconds,
       CASE WHEN u.resolved
         THEN extract(epoch FROM i.resolved_at - i.opened_at)::double precision END AS resolve_seconds`,
    [BATCH],
  );
  for (const { priority, opened, acknowledge_seconds, resolve_seconds } of rows) {
    if (opened) metrics.opened.inc({ priority });
    if (acknowledge_seconds !== null)
      metrics.acknowledge.observe({ priority }, Math.max(0, acknowledge_seconds));
    if (resolve_seconds !== null) metrics.resolve.observe({ priority }, Math.max(0, resolve_seconds));
  }
}
