import { createHash } from "node:crypto";
import type { Cache } from "./cache.ts";
import type { Cursors } from "./cursor.ts";
import type { Scope } from "./database.ts";
import {
  type Chart,
  type EmployeePage,
  type EmployeeProfile,
  pageSchema,
  profileSchema,
} from "./employees/model.ts";
import { APPROXIMATE_TIER, type EmployeeReader, positionSchema } from "./employees/read.ts";
import type { EmployeeChange, EmployeeWriter, NewEmployee } from "./employees/write.ts";
import { Problem } from "./problem.ts";
import type { Sessions } from "./session.ts";

export interface DirectoryQuery {
  /** Empty lists everybody. */
  readonly q: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The people of a tenant, through the caches. */
export interface Directory {
  page(scope: Scope, query: DirectoryQuery): Promise<EmployeePage>;
  find(scope: Scope, id: string): Promise<EmployeeProfile | undefined>;
  chart(scope: Scope, id: string): Promise<Chart | undefined>;
  create(scope: Scope, employee: NewEmployee): Promise<EmployeeProfile>;
  update(scope: Scope, id: string, change: EmployeeChange): Promise<EmployeeProfile>;
  remove(scope: Scope, id: string, version: number): Promise<void>;
}

export interface DirectoryDeps {
  readonly reader: EmployeeReader;
  readonly writer: EmployeeWriter;
  readonly cache: Cache;
  readonly cursors: Cursors;
  readonly sessions: Sessions;
}

const EMPTY: EmployeePage = { employees: [], isApproximate: false, nextCursor: null };

/** What a search looks at and a page shows; a new phone number changes neither. */
const SHOWN_IN_LISTS = ["name", "email", "title", "department", "location"] as const;

export function createDirectory({ reader, writer, cache, cursors, sessions }: DirectoryDeps): Directory {
  const profileKey = (tenantId: string, id: string): string => `${tenantId}:${id}`;

  async function loadPage(
    scope: Scope,
    { q, limit, cursor }: DirectoryQuery,
  ): Promise<EmployeePage | undefined> {
    const context = [scope.tenantId, "employees", q];
    const after = cursor === undefined ? undefined : cursors.open(context, cursor, positionSchema);
    const rows = await reader.page(scope, { q, limit: limit + 1, after });
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    if (!last) return undefined;
    const { tier, name, id } = last;
    const isApproximate = tier === APPROXIMATE_TIER;
    const hasMore = rows.length > limit && !isApproximate;
    return {
      employees: shown.map(({ tier: _, ...summary }) => summary),
      isApproximate,
      nextCursor: hasMore ? cursors.seal(context, { tier, name, id }) : null,
    };
  }

  const forgetPerson = async ({ tenantId }: Scope, ids: readonly string[]): Promise<void> =>
    cache.forget("profile", ...ids.map((id) => profileKey(tenantId, id)));

  return {
    async page(scope, query) {
      const load = () => loadPage(scope, query);
      // Later pages are rarely asked for twice: they would only push first ones out.
      const generation =
        query.cursor === undefined ? await cache.generation("search", scope.tenantId) : undefined;
      if (generation === undefined) return (await load()) ?? EMPTY;
      const asked = createHash("sha256")
        .update(JSON.stringify([query.q, query.limit]))
        .digest("base64url");
      const key = `${scope.tenantId}:${generation}:${asked}`;
      return (await cache.through("search", key, pageSchema, load)) ?? EMPTY;
    },

    find: (scope, id) =>
      cache.through("profile", profileKey(scope.tenantId, id), profileSchema, () => reader.find(scope, id)),

    chart: (scope, id) => reader.chart(scope, id),

    async create(scope, employee) {
      const profile = await writer.create(scope, employee);
      await cache.forgetAll("search", scope.tenantId);
      return profile;
    },

    async update(scope, id, change) {
      const { profile, affected } = await writer.update(scope, id, change).catch(async (error: unknown) => {
        // Whoever comes late has seen an old version, perhaps from here.
        if (error instanceof Problem && error.code === "version_conflict") await forgetPerson(scope, [id]);
        throw error;
      });
      const isListed = SHOWN_IN_LISTS.some((field) => change[field] !== undefined);
      await Promise.all([
        forgetPerson(scope, [id, ...affected]),
        isListed && cache.forgetAll("search", scope.tenantId),
      ]);
      return profile;
    },

    async remove(scope, id, version) {
      await writer.requireRemovable(scope, id, version);
      // First, as without Redis nothing must be removed whose sessions would go on; and again for those begun meanwhile.
      await sessions.endAll(id);
      await writer.remove(scope, id, version);
      await Promise.all([
        sessions.endAll(id),
        forgetPerson(scope, [id]),
        cache.forgetAll("search", scope.tenantId),
      ]);
    },
  };
}
