import { createHash } from "node:crypto";
import type { Queries } from "@watchkeeper/exporters/database";

/** Keeps a body exactly as it came. When this resolves it is on disk, and answering 200 is honest. */
export async function storeBody(queries: Queries, source: string, body: Buffer): Promise<void> {
  const sha256 = createHash("sha256").update(body).digest();
  await queries.query("store-webhook", "INSERT INTO inbox (source, body, sha256) VALUES ($1, $2, $3)", [
    source,
    body,
    sha256,
  ]);
}
