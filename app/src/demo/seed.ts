import type { QueryRunner } from "@watchkeeper/exporters/database";
import { hashPassword } from "../password.ts";
import { createDemoTenants, type DemoTenant } from "./people.ts";

/** Any constant: it keeps two instances that start together from seeding twice. */
const SEED_LOCK = 4_700_001;

const INSERT_EMPLOYEES = `
  INSERT INTO employee (tenant_id, password_hash, id, name, email, title, department, location, phone, manager_id, role)
  SELECT $1, $2, * FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::uuid[], $11::text[])`;

const columnsOf = ({ employees }: DemoTenant): unknown[] => [
  employees.map(({ id }) => id),
  employees.map(({ name }) => name),
  employees.map(({ email }) => email),
  employees.map(({ title }) => title),
  employees.map(({ department }) => department),
  employees.map(({ location }) => location),
  employees.map(({ phone }) => phone),
  employees.map(({ managerId }) => managerId),
  employees.map(({ role }) => role),
];

/**
 * Fills an empty database with the demo tenants. All people of a tenant share one hash of the password: hashing
 * 2,480 times would take minutes and protect nothing, as they share the password too.
 *
 * @returns how many people were added; 0 when there was a tenant already
 */
export async function seedDemo(database: QueryRunner, password: string): Promise<number> {
  const tenants = createDemoTenants();
  return database.transaction(async ({ query }) => {
    await query("seed_lock", "SELECT pg_advisory_xact_lock($1)", [SEED_LOCK]);
    const { rowCount } = await query("seed_check", "SELECT FROM tenant LIMIT 1");
    if (rowCount !== 0) return 0;
    for (const tenant of tenants) {
      const hash = await hashPassword(password);
      const { id, slug, name } = tenant;
      await query("seed_tenant", "INSERT INTO tenant (id, slug, name) VALUES ($1, $2, $3)", [id, slug, name]);
      await query("seed_employees", INSERT_EMPLOYEES, [id, hash, ...columnsOf(tenant)]);
    }
    return tenants.reduce((sum, { employees }) => sum + employees.length, 0);
  });
}
