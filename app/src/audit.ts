import { z } from "zod";
import type { Cursors } from "./cursor.ts";
import type { Database, Scope } from "./database.ts";
import { loadActor, requirePermission } from "./employees/access.ts";
import { apiNameOf } from "./employees/conflict.ts";

export const auditEntrySchema = z.object({
  at: z.iso.datetime(),
  /** Null for what the installation did itself; a name is null once the person is gone. */
  actor: z.object({ id: z.uuid(), name: z.string().nullable() }).nullable(),
  action: z.enum(["create", "update", "delete"]),
  entity: z.enum(["employee", "tenant"]),
  entityId: z.uuid(),
  version: z.int(),
  changes: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })),
});

export const auditPageSchema = z.object({
  entries: z.array(auditEntrySchema),
  nextCursor: z.string().nullable(),
});

export type AuditPage = z.infer<typeof auditPageSchema>;

export interface AuditQuery {
  readonly limit: number;
  readonly entityId?: string | undefined;
  readonly cursor?: string | undefined;
}

/** What was changed, as the database wrote it down. */
export interface AuditLog {
  /** @throws Problem 403 unless an admin asks */
  page(scope: Scope, query: AuditQuery): Promise<AuditPage>;
}

interface Row {
  readonly id: string;
  readonly at: Date;
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly action: "create" | "update" | "delete";
  readonly entity: "employee" | "tenant";
  readonly entityId: string;
  readonly version: number;
  readonly changes: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
}

const PAGE = `
  SELECT a.id, a.at, a.actor_id AS "actorId", e.name AS "actorName", a.action, a.entity, a.entity_id AS "entityId",
    a.version, a.changes
  FROM audit_log a LEFT JOIN employee e ON e.id = a.actor_id
  WHERE a.tenant_id = $1 AND ($3::bigint IS NULL OR a.id < $3) AND ($4::uuid IS NULL OR a.entity_id = $4)
  ORDER BY a.id DESC LIMIT $2`;

const positionSchema = z.string().regex(/^\d{1,19}$/);

export function createAuditLog(database: Database, cursors: Cursors): AuditLog {
  return {
    page: (scope, { limit, entityId, cursor }) =>
      database.inTenant(scope, async (queries) => {
        requirePermission(await loadActor(queries, scope), "audit.read");
        const context = [scope.tenantId, "audit", entityId ?? ""];
        const before = cursor === undefined ? null : cursors.open(context, cursor, positionSchema);
        const values = [scope.tenantId, limit + 1, before, entityId];
        const { rows } = await queries.query<Row>("audit_page", PAGE, values);
        const shown = rows.slice(0, limit);
        return {
          entries: shown.map(({ id: _, at, actorId, actorName, changes, ...entry }) => ({
            ...entry,
            at: at.toISOString(),
            actor: actorId === null ? null : { id: actorId, name: actorName },
            changes: Object.entries(changes)
              .map(([column, { from, to }]) => ({ field: apiNameOf(column), from, to }))
              .sort((a, b) => a.field.localeCompare(b.field)),
          })),
          nextCursor: rows.length > limit ? cursors.seal(context, shown.at(-1)?.id) : null,
        };
      }),
  };
}

/** Removes entries of all tenants older than so many days, at least 30. @returns how many */
export async function forgetAuditLog(database: Database, days: number): Promise<number> {
  const text = "SELECT forget_audit_log($1)::int AS count";
  return (await database.query<{ count: number }>("audit_forget", text, [days])).rows[0]?.count ?? 0;
}
