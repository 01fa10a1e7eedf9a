import { z } from "zod";
import type { Cache } from "./cache.ts";
import type { Database } from "./database.ts";

const tenantSchema = z.object({ id: z.uuid(), slug: z.string(), name: z.string() });

export type Tenant = z.infer<typeof tenantSchema>;

export interface Credentials {
  readonly tenantId: string;
  readonly employeeId: string;
  /** Absent for people who may not log in. */
  readonly passwordHash: string | null;
}

export interface Tenants {
  find(tenantId: string): Promise<Tenant | undefined>;
  findCredentials(tenantSlug: string, email: string): Promise<Credentials | undefined>;
}

export function createTenants(database: Database, cache: Cache): Tenants {
  return {
    find: (tenantId) =>
      cache.through("tenant_config", tenantId, tenantSchema, async () => {
        const text = "SELECT id, slug, name FROM tenant WHERE id = $1";
        return (await database.query<Tenant>("tenant_find", text, [tenantId])).rows[0];
      }),

    async findCredentials(tenantSlug, email) {
      const { rows } = await database.query<Credentials>(
        "login_credentials",
        `SELECT t.id AS "tenantId", e.id AS "employeeId", e.password_hash AS "passwordHash"
         FROM tenant t JOIN employee e ON e.tenant_id = t.id WHERE t.slug = $1 AND e.email = $2`,
        [tenantSlug, email],
      );
      return rows[0];
    },
  };
}
