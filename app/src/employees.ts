import { z } from "zod";
import type { Database } from "./database.ts";
import type { Session } from "./session.ts";

export const summarySchema = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  title: z.string(),
  department: z.string(),
  location: z.string(),
});

export const profileSchema = summarySchema.extend({
  phone: z.string(),
  manager: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  /** Counts updates; an update must name the version that it has seen. */
  version: z.number().int(),
  updatedAt: z.iso.datetime(),
});

export type EmployeeSummary = z.infer<typeof summarySchema>;
export type EmployeeProfile = z.infer<typeof profileSchema>;

type ProfileRow = Omit<EmployeeProfile, "updatedAt"> & { readonly updatedAt: Date };

export interface SearchQuery {
  readonly words: readonly string[];
  readonly limit: number;
  readonly offset: number;
}

/** What may be changed by whom: one's own contact data; title and department only by the manager or an admin. */
export interface ProfileChange {
  readonly version: number;
  readonly phone?: string | undefined;
  readonly location?: string | undefined;
  readonly title?: string | undefined;
  readonly department?: string | undefined;
}

export type UpdateResult = "updated" | "not_found" | "forbidden" | "version_conflict";

const PROFILE = `
  SELECT e.id, e.name, e.email, e.title, e.department, e.location, e.phone, e.version, e.updated_at AS "updatedAt",
    CASE WHEN m.id IS NOT NULL THEN json_build_object('id', m.id, 'name', m.name) END AS manager
  FROM employee e LEFT JOIN employee m ON m.tenant_id = e.tenant_id AND m.id = e.manager_id
  WHERE e.tenant_id = $1 AND e.id = $2`;

const RIGHTS = `
  SELECT e.version, e.id = $3 AS "isSelf",
    COALESCE(e.manager_id = $3, false)
      OR EXISTS (SELECT FROM employee a WHERE a.tenant_id = $1 AND a.id = $3 AND a.role = 'admin') AS "isManaging"
  FROM employee e WHERE e.tenant_id = $1 AND e.id = $2 FOR UPDATE OF e`;

const UPDATE = `
  UPDATE employee SET phone = COALESCE($3, phone), location = COALESCE($4, location), title = COALESCE($5, title),
    department = COALESCE($6, department), version = version + 1, updated_at = now()
  WHERE tenant_id = $1 AND id = $2`;

/** `50%_\` is a text that people type, not a pattern. */
const containing = (word: string): string => `%${word.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;

/** The people of a tenant. Every query names the tenant of the session, never one that the client sent. */
export interface Employees {
  search(tenantId: string, query: SearchQuery): Promise<readonly EmployeeSummary[]>;
  find(tenantId: string, id: string): Promise<EmployeeProfile | undefined>;
  update(actor: Session, id: string, change: ProfileChange): Promise<UpdateResult>;
}

export function createEmployees(database: Database): Employees {
  return {
    async search(tenantId, { words, limit, offset }) {
      const conditions = words.map((_, i) => ` AND search_text LIKE $${i + 4}`).join("");
      const { rows } = await database.query<EmployeeSummary>(
        "employee_search",
        `SELECT id, name, email, title, department, location FROM employee
         WHERE tenant_id = $1${conditions} ORDER BY name, id LIMIT $2 OFFSET $3`,
        [tenantId, limit, offset, ...words.map(containing)],
      );
      return rows;
    },

    async find(tenantId, id) {
      const { rows } = await database.query<ProfileRow>("employee_find", PROFILE, [tenantId, id]);
      const row = rows[0];
      return row && { ...row, updatedAt: row.updatedAt.toISOString() };
    },

    update: (actor, id, change) =>
      database.transaction(async (queries) => {
        const { rows } = await queries.query<{ version: number; isSelf: boolean; isManaging: boolean }>(
          "employee_rights",
          RIGHTS,
          [actor.tenantId, id, actor.employeeId],
        );
        const rights = rows[0];
        if (!rights) return "not_found";
        const changesPosition = change.title !== undefined || change.department !== undefined;
        const isAllowed = rights.isManaging || (rights.isSelf && !changesPosition);
        if (!isAllowed) return "forbidden";
        if (rights.version !== change.version) return "version_conflict";
        await queries.query("employee_update", UPDATE, [
          actor.tenantId,
          id,
          change.phone,
          change.location,
          change.title,
          change.department,
        ]);
        return "updated";
      }),
  };
}
