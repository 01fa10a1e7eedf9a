import { createHash } from "node:crypto";
import { z } from "zod";
import type { Cache } from "./cache.ts";
import {
  type EmployeeProfile,
  type EmployeeSummary,
  type Employees,
  type ProfileChange,
  profileSchema,
  type SearchQuery,
  summarySchema,
  type UpdateResult,
} from "./employees.ts";
import type { Session } from "./session.ts";

/** A page of people; `nextOffset` is null on the last. */
export interface SearchPage {
  readonly employees: readonly EmployeeSummary[];
  readonly nextOffset: number | null;
}

const pageSchema: z.ZodType<SearchPage> = z.object({
  employees: z.array(summarySchema),
  nextOffset: z.number().int().nullable(),
});

/** The people of a tenant, through the caches. */
export interface Directory {
  search(tenantId: string, query: SearchQuery): Promise<SearchPage>;
  find(tenantId: string, id: string): Promise<EmployeeProfile | undefined>;
  update(actor: Session, id: string, change: ProfileChange): Promise<UpdateResult>;
}

const EMPTY: SearchPage = { employees: [], nextOffset: null };

export function createDirectory(employees: Employees, cache: Cache): Directory {
  const profileKey = (tenantId: string, id: string): string => `${tenantId}:${id}`;

  async function searchPage(tenantId: string, query: SearchQuery): Promise<SearchPage | undefined> {
    const rows = await employees.search(tenantId, { ...query, limit: query.limit + 1 });
    if (rows.length === 0) return undefined;
    const isLast = rows.length <= query.limit;
    return {
      employees: rows.slice(0, query.limit),
      nextOffset: isLast ? null : query.offset + query.limit,
    };
  }

  return {
    async search(tenantId, query) {
      const load = () => searchPage(tenantId, query);
      const generation = await cache.generation("search", tenantId);
      if (generation === undefined) return (await load()) ?? EMPTY;
      const asked = createHash("sha256").update(JSON.stringify(query)).digest("base64url");
      return (await cache.through("search", `${tenantId}:${generation}:${asked}`, pageSchema, load)) ?? EMPTY;
    },

    find: (tenantId, id) =>
      cache.through("profile", profileKey(tenantId, id), profileSchema, () => employees.find(tenantId, id)),

    async update(actor, id, change) {
      const result = await employees.update(actor, id, change);
      // Also after a conflict: the client saw an old version, perhaps from here.
      if (result === "updated" || result === "version_conflict") {
        await cache.forget("profile", profileKey(actor.tenantId, id));
      }
      const changesSearch =
        change.location !== undefined || change.title !== undefined || change.department !== undefined;
      if (result === "updated" && changesSearch) await cache.forgetAll("search", actor.tenantId);
      return result;
    },
  };
}
