import type { Queries } from "@watchkeeper/exporters/database";
import { z } from "zod";
import { Problem } from "../problem.ts";

/** What happened to one field since a version, by the audit log. */
export const fieldChangeSchema = z.object({
  field: z.string(),
  from: z.unknown(),
  to: z.unknown(),
  by: z.string().nullable(),
  at: z.iso.datetime(),
});

export type FieldChange = z.infer<typeof fieldChangeSchema>;

/** Names of columns as the API writes them. */
const API_NAMES: Readonly<Record<string, string>> = { manager_id: "managerId", self_service: "selfService" };

export const apiNameOf = (column: string): string => API_NAMES[column] ?? column;

const SINCE = `
  SELECT a.changes, a.at, actor.name AS by FROM audit_log a LEFT JOIN employee actor ON actor.id = a.actor_id
  WHERE a.tenant_id = current_tenant() AND a.entity_id = $1 AND a.version > $2 ORDER BY a.version LIMIT 200`;

interface Entry {
  readonly changes: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
  readonly at: Date;
  readonly by: string | null;
}

/** Each field that differs from a version that a client has seen: first value, last value, and who set it last. */
async function changesSince({ query }: Queries, entityId: string, version: number): Promise<FieldChange[]> {
  const { rows } = await query<Entry>("audit_since", SINCE, [entityId, version]);
  const fields = new Map<string, FieldChange>();
  for (const { changes, at, by } of rows) {
    for (const [column, { from, to }] of Object.entries(changes)) {
      const field = apiNameOf(column);
      const first = fields.get(field)?.from ?? from;
      fields.set(field, { field, from: first, to, by, at: at.toISOString() });
    }
  }
  return [...fields.values()]
    .filter(({ from, to }) => from !== to)
    .sort((a, b) => a.field.localeCompare(b.field));
}

/** @throws Problem 409 with what changed since, unless the client has seen the current version */
export async function requireCurrent(
  queries: Queries,
  what: { readonly id: string; readonly version: number },
  seen: number,
): Promise<void> {
  if (what.version === seen) return;
  const changes = await changesSince(queries, what.id, seen);
  const names = changes.map(({ field }) => field).join(", ");
  const detail = names === "" ? "Read it again" : `Changed in the meantime: ${names}`;
  throw new Problem("version_conflict", detail, { members: { currentVersion: what.version, changes } });
}
