import { createHash } from "node:crypto";
import type { Queries } from "@watchkeeper/exporters/database";

/**
 * Whether a body may tell of a P0: it is read before what waits already, so that no flood of lesser alerts holds it up.
 * Any order of bodies leads to the same state; one that only names P0 in its words loses nothing but its place.
 */
const mayBeUrgent = (body: Buffer): boolean => body.includes('"P0"');

/** Keeps a body exactly as it came. When this resolves it is on disk, and answering 200 is honest. */
export async function storeBody(queries: Queries, source: string, body: Buffer): Promise<void> {
  const sha256 = createHash("sha256").update(body).digest();
  await queries.query(
    "store-webhook",
    "INSERT INTO inbox (source, body, sha256, urgent) VALUES ($1, $2, $3, $4)",
    [source, body, sha256, mayBeUrgent(body)],
  );
}
