import type { Queries } from "@watchkeeper/exporters/database";

/**
 * Remembers how a call or a text message goes, as its provider tells us. It also proves that a call was made whose
 * creation was never answered.
 *
 * @returns whether this is news
 */
export async function recordCall(
  queries: Queries,
  deliveryId: string,
  sid: string,
  status: string,
): Promise<boolean> {
  const { rowCount } = await queries.query(
    "record-call",
    `INSERT INTO provider_status AS s (delivery_id, sid, status)
     SELECT id, $2, $3 FROM delivery WHERE id = $1
     ON CONFLICT (delivery_id, sid) DO UPDATE SET status = excluded.status, updated_at = pager_now()
     WHERE s.status <> excluded.status`,
    [deliveryId, sid.slice(0, 64), status.slice(0, 32)],
  );
  return Boolean(rowCount);
}

/** The provider's name for the call that a delivery led to, if it has told us of one. */
export async function findCall(queries: Queries, deliveryId: string): Promise<string | undefined> {
  const { rows } = await queries.query<{ sid: string }>(
    "find-call",
    "SELECT sid FROM provider_status WHERE delivery_id = $1 ORDER BY updated_at LIMIT 1",
    [deliveryId],
  );
  return rows[0]?.sid;
}
