import type { Queries } from "@watchkeeper/exporters/database";

/** Somebody asked for a change. */
export interface AuditEntry {
  readonly actor: string;
  readonly role: string;
  /** The endpoint's id. */
  readonly action: string;
  readonly subject: string;
  readonly details: object;
}

/** Appends to the audit log; each row's hash covers the row before. */
export async function appendAudit(queries: Queries, entry: AuditEntry): Promise<void> {
  await queries.query("append-audit", "SELECT append_audit($1, $2, $3, $4, $5)", [
    entry.actor,
    entry.role,
    entry.action,
    entry.subject,
    JSON.stringify(entry.details),
  ]);
}

export interface StoredAuditEntry extends AuditEntry {
  readonly id: number;
  readonly at: Date;
  readonly hash: string;
}

/** The newest first. @param before only those with a smaller id; null: all */
export async function listAudit(
  queries: Queries,
  before: number | null,
  limit: number,
): Promise<readonly StoredAuditEntry[]> {
  const { rows } = await queries.query<StoredAuditEntry>(
    "list-audit",
    `SELECT id::double precision AS id, at, actor, role, action, subject, details, encode(hash, 'hex') AS hash
     FROM audit_log WHERE $1::bigint IS NULL OR id < $1 ORDER BY audit_log.id DESC LIMIT $2`,
    [before, limit],
  );
  return rows;
}

export interface AuditCheck {
  readonly entries: number;
  /** The first row whose hash does not follow from it and the row before; null: all do. */
  readonly firstBroken: number | null;
  /** Of the newest row: whoever kept an older one elsewhere can tell that nothing was cut off. */
  readonly newestHash: string | null;
}

/** Computes every hash again. */
export async function checkAudit(queries: Queries): Promise<AuditCheck> {
  const { rows } = await queries.query<AuditCheck>(
    "check-audit",
    `WITH chained AS (
       SELECT id, hash, hash IS DISTINCT FROM audit_hash(a) OR previous IS DISTINCT FROM
         coalesce(lag(hash) OVER (ORDER BY id), sha256(''))
         OR id <> coalesce(lag(id) OVER (ORDER BY id), 0) + 1 AS broken
       FROM audit_log a
     )
     SELECT count(*)::integer AS entries, (min(id) FILTER (WHERE broken))::double precision AS "firstBroken",
       (SELECT encode(hash, 'hex') FROM chained ORDER BY id DESC LIMIT 1) AS "newestHash"
     FROM chained`,
  );
  return rows[0] as AuditCheck;
}
