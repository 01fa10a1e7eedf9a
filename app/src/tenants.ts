import type { Queries } from "@watchkeeper/exporters/database";
import { z } from "zod";
import type { Cache } from "./cache.ts";
import type { Database, Scope } from "./database.ts";
import { loadActor, requirePermission } from "./employees/access.ts";
import { requireCurrent } from "./employees/conflict.ts";
import { Problem } from "./problem.ts";

/** A company as its people see it. */
export const tenantSchema = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  /** Whether people may change their own phone and location. */
  selfService: z.boolean(),
  version: z.int(),
});

/** A company as a super admin of the installation sees it. */
export const tenantSummarySchema = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  people: z.int(),
});

export type Tenant = z.infer<typeof tenantSchema>;
export type TenantSummary = z.infer<typeof tenantSummarySchema>;

export interface Credentials {
  readonly tenantId: string;
  readonly employeeId: string;
  /** Absent for people who may not log in. */
  readonly passwordHash: string | null;
}

export interface TenantChange {
  readonly version: number;
  readonly name?: string | undefined;
  readonly selfService?: boolean | undefined;
}

export interface NewTenant {
  readonly slug: string;
  readonly name: string;
  readonly admin: { readonly name: string; readonly email: string; readonly passwordHash: string };
}

export interface Tenants {
  /** The tenant of the scope. */
  find(scope: Scope): Promise<Tenant | undefined>;
  findCredentials(tenantSlug: string, email: string): Promise<Credentials | undefined>;
  update(scope: Scope, change: TenantChange): Promise<void>;
  /** @throws Problem 403 unless a super admin asks */
  list(scope: Scope): Promise<readonly TenantSummary[]>;
  /** @returns the new tenant's id @throws Problem 403 unless a super admin asks */
  create(scope: Scope, tenant: NewTenant): Promise<string>;
  /** @throws Problem 403 unless a super admin asks */
  requireInstallationManager(scope: Scope): Promise<void>;
}

const FIND = `SELECT id, slug, name, self_service AS "selfService", version FROM tenant`;

const UPDATE = `UPDATE tenant SET name = COALESCE($2, name), self_service = COALESCE($3, self_service),
  version = version + 1 WHERE id = $1`;

const CREDENTIALS = `SELECT tenant_id AS "tenantId", employee_id AS "employeeId", password_hash AS "passwordHash"
  FROM sign_in_credentials($1, $2)`;

function explainDuplicate(error: unknown): never {
  throw (error as { constraint?: unknown }).constraint === "tenant_slug_key"
    ? new Problem("duplicate_tenant")
    : error;
}

export function createTenants(database: Database, cache: Cache): Tenants {
  const asInstallationManager = <T>(scope: Scope, work: (queries: Queries) => Promise<T>): Promise<T> =>
    database.inTenant(scope, async (queries) => {
      requirePermission(await loadActor(queries, scope), "installation.manage");
      return work(queries);
    });

  return {
    find: (scope) =>
      cache.through("tenant_config", scope.tenantId, tenantSchema, () =>
        database.inTenant(scope, async ({ query }) => (await query<Tenant>("tenant_find", FIND)).rows[0]),
      ),

    findCredentials: async (tenantSlug, email) =>
      (
        await database.query<Credentials & { tenantId: string }>("login_credentials", CREDENTIALS, [
          tenantSlug,
          email,
        ])
      ).rows[0],

    async update(scope, { version, name, selfService }) {
      await database.inTenant(scope, async (queries) => {
        requirePermission(await loadActor(queries, scope), "tenant.update");
        const text = "SELECT id, version FROM tenant FOR UPDATE";
        const tenant = (await queries.query<{ id: string; version: number }>("tenant_lock", text)).rows[0];
        if (!tenant) throw new Problem("not_found");
        await requireCurrent(queries, tenant, version);
        await queries.query("tenant_update", UPDATE, [tenant.id, name, selfService]);
      });
      await cache.forget("tenant_config", scope.tenantId);
    },

    list: (scope) =>
      asInstallationManager(scope, async ({ query }) => {
        const text = "SELECT id, slug, name, people::int FROM list_tenants()";
        return (await query<TenantSummary>("tenant_list", text)).rows;
      }),

    create: (scope, { slug, name, admin }) =>
      asInstallationManager(scope, async ({ query }) => {
        const text = "SELECT create_tenant($1, $2, $3, $4, $5) AS id";
        const values = [slug, name, admin.name, admin.email, admin.passwordHash];
        const { rows } = await query<{ id: string }>("tenant_create", text, values).catch(explainDuplicate);
        const created = rows[0];
        if (!created) throw new Error("Cannot open a tenant as the database gave no id");
        return created.id;
      }),

    requireInstallationManager: (scope) => asInstallationManager(scope, async () => undefined),
  };
}
