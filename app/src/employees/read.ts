import { z } from "zod";
import type { Database, Scope } from "../database.ts";
import type { Chart, ChartEntry, EmployeeProfile, EmployeeSummary } from "./model.ts";

/** Where a page ends: in a list by name and id, in a search by how well somebody matches before both. */
export const positionSchema = z.object({ tier: z.number().int(), name: z.string(), id: z.uuid() });

export type Position = z.infer<typeof positionSchema>;

/** Tier 2 of a search: nothing matches, these are spelt much like it. */
export const APPROXIMATE_TIER = 2;

export interface PageQuery {
  /** Empty lists everybody. */
  readonly q: string;
  readonly limit: number;
  readonly after?: Position | undefined;
}

export type Found = EmployeeSummary & { readonly tier: number };

export type ProfileRow = Omit<EmployeeProfile, "updatedAt"> & { readonly updatedAt: Date };

export const profileOf = (row: ProfileRow): EmployeeProfile => ({
  ...row,
  updatedAt: row.updatedAt.toISOString(),
});

const SUMMARY = "e.id, e.name, e.email, e.title, e.department, e.location";

// Also in words what row-level security demands anyway: only so the planner walks the index in its order.
const LIST = (isFirst: boolean): string => `
  SELECT ${SUMMARY}, 0 AS tier FROM employee e
  WHERE e.tenant_id = $1${isFirst ? "" : " AND (e.name, e.id) > ($3, $4)"}
  ORDER BY e.name, e.id LIMIT $2`;

const SEARCH = `
  SELECT ${SUMMARY}, found.tier
  FROM search_employees($1, $2, $3, $4, $5) WITH ORDINALITY AS found (id, tier, place)
  JOIN employee e ON e.id = found.id ORDER BY found.place`;

/** A profile of the employee `e`: read, or as a change has left it. */
export const PROFILE_COLUMNS = `${SUMMARY}, e.phone, e.role, e.version, e.updated_at AS "updatedAt",
  (SELECT json_build_object('id', m.id, 'name', m.name) FROM employee m WHERE m.id = e.manager_id) AS manager`;

const PROFILE = `SELECT ${PROFILE_COLUMNS} FROM employee e WHERE e.id = $1`;

const REPORTS_OF = `(SELECT count(*)::int FROM employee r WHERE r.tenant_id = $1 AND r.manager_id = e.id) AS reports`;

/** Deeper than any company; a bound all the same. */
const LINE_UP = `
  WITH RECURSIVE line AS (
    SELECT e.id, e.manager_id, 0 AS distance FROM employee e WHERE e.id = $2
    UNION ALL
    SELECT m.id, m.manager_id, line.distance + 1 FROM line JOIN employee m ON m.id = line.manager_id
    WHERE line.distance < 100
  )
  SELECT ${SUMMARY}, ${REPORTS_OF} FROM line JOIN employee e ON e.id = line.id ORDER BY line.distance DESC`;

/** Nobody leads more people directly than one can look through. */
const MAX_REPORTS_SHOWN = 500;

const DIRECT_REPORTS = `
  SELECT ${SUMMARY}, ${REPORTS_OF} FROM employee e WHERE e.tenant_id = $1 AND e.manager_id = $2
  ORDER BY e.name, e.id LIMIT ${MAX_REPORTS_SHOWN}`;

/** The people of a tenant, as the database has them. */
export interface EmployeeReader {
  /** At most `limit` people from after the position. */
  page(scope: Scope, query: PageQuery): Promise<readonly Found[]>;
  find(scope: Scope, id: string): Promise<EmployeeProfile | undefined>;
  /** The reporting line above a person and one step below. */
  chart(scope: Scope, id: string): Promise<Chart | undefined>;
}

export function createEmployeeReader(database: Database): EmployeeReader {
  return {
    page: (scope, { q, limit, after }) =>
      database.inTenant(scope, async ({ query }) => {
        const { tier, name, id } = after ?? {};
        const { rows } =
          q === ""
            ? await query<Found>("employee_list", LIST(!after), [
                scope.tenantId,
                limit,
                ...(after ? [name, id] : []),
              ])
            : await query<Found>("employee_search", SEARCH, [q, tier, name, id, limit]);
        return rows;
      }),

    find: (scope, id) =>
      database.inTenant(scope, async ({ query }) => {
        const { rows } = await query<ProfileRow>("employee_find", PROFILE, [id]);
        return rows[0] && profileOf(rows[0]);
      }),

    chart: (scope, id) =>
      database.inTenant(scope, async ({ query }) => {
        const line = (await query<ChartEntry>("employee_line", LINE_UP, [scope.tenantId, id])).rows;
        const employee = line.at(-1);
        if (!employee) return undefined;
        const reports = (await query<ChartEntry>("employee_reports", DIRECT_REPORTS, [scope.tenantId, id]))
          .rows;
        return { managers: line.slice(0, -1), employee, reports };
      }),
  };
}
