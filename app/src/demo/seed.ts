import pg from "pg";
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
 * Fills an empty database with the demo tenants, as its owner: nobody else sees more than one tenant. All people of a
 * tenant share one hash of the password: hashing 2,480 times would take minutes and protect nothing, as they share the
 * password too.
 *
 * @returns how many people were added; 0 when there was a tenant already
 */
export async function seedDemo(ownerDatabaseUrl: string, password: string): Promise<number> {
  const tenants = createDemoTenants();
  const client = new pg.Client({
    connectionString: ownerDatabaseUrl,
    application_name: "company-directory-seed",
  });
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [SEED_LOCK]);
    const { rowCount } = await client.query("SELECT FROM tenant LIMIT 1");
    if (rowCount !== 0) return 0;
    // Nobody has done anything yet that a log should tell.
    await client.query("ALTER TABLE employee DISABLE TRIGGER employee_audit");
    for (const tenant of tenants) {
      const hash = await hashPassword(password);
      const { id, slug, name } = tenant;
      await client.query("INSERT INTO tenant (id, slug, name) VALUES ($1, $2, $3)", [id, slug, name]);
      await client.query(INSERT_EMPLOYEES, [id, hash, ...columnsOf(tenant)]);
    }
    await client.query("ALTER TABLE employee ENABLE TRIGGER employee_audit");
    await client.query("COMMIT");
    // Without statistics the first minutes of searches would be planned blindly.
    await client.query("ANALYZE tenant, employee");
    return tenants.reduce((sum, { employees }) => sum + employees.length, 0);
  } finally {
    // Ends the transaction too, if it has not been committed.
    await client.end();
  }
}
