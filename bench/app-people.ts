import { departments } from "@watchkeeper/app/demo/departments";
import { familyNames, givenNames } from "@watchkeeper/app/demo/names";
import pg from "pg";

/** Others on the same tables: what one company asks must not pay for them. */
const OTHER_PEOPLE = 20_000;

const LOCATIONS = ["Lisbon", "Lyon", "Kraków", "Nairobi", "São Paulo", "Remote"];

/** Everybody reports to one of so many, who report to the first. */
const MANAGERS = 200;

const FILL = `
  INSERT INTO employee (tenant_id, name, email, title, department, location, phone, role, password_hash)
  SELECT $1, ($2::text[])[1 + floor(random() * array_length($2::text[], 1))] || ' ' ||
      ($3::text[])[1 + floor(random() * array_length($3::text[], 1))],
    'person' || i || '@example.example', ($5::text[])[k], ($4::text[])[k],
    ($6::text[])[1 + i % array_length($6::text[], 1)], '+1 555 0100',
    CASE WHEN i <= $8 THEN 'admin' ELSE 'user' END, CASE WHEN i <= $8 THEN $9 END
  FROM (SELECT i, 1 + floor(random() * array_length($4::text[], 1))::int AS k FROM generate_series(1, $7::int) AS i) AS n`;

const LEAD = `
  WITH lead AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM (SELECT id FROM employee WHERE tenant_id = $1
    AND role = 'admin' ORDER BY id LIMIT $2) AS leads)
  UPDATE employee e SET manager_id = lead.id FROM lead
  WHERE e.tenant_id = $1 AND e.role = 'user' AND lead.n = 1 + abs(hashtext(e.id::text)) % $2`;

/**
 * Fills a migrated, empty directory with one large company, and a smaller one beside it. The same seed gives the same
 * people.
 *
 * @param admins how many of the company's people are admins who can sign in with the hash's password
 */
export async function fillDirectory(
  ownerUrl: string,
  of: { readonly people: number; readonly admins: number; readonly passwordHash: string },
): Promise<void> {
  const jobs = departments.flatMap(({ name, titles }) => titles.map((title) => ({ name, title })));
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query("SELECT setseed(0.5)");
    await client.query("ALTER TABLE employee DISABLE TRIGGER USER");
    for (const [slug, people] of [
      ["large", of.people],
      ["other", OTHER_PEOPLE],
    ] as const) {
      const made = await client.query("INSERT INTO tenant (slug, name) VALUES ($1, $1) RETURNING id", [slug]);
      const tenant = made.rows[0].id;
      const names = [givenNames, familyNames, jobs.map(({ name }) => name), jobs.map(({ title }) => title)];
      await client.query(FILL, [tenant, ...names, LOCATIONS, people, of.admins, of.passwordHash]);
      await client.query(LEAD, [tenant, Math.min(MANAGERS, of.admins)]);
    }
    await client.query("ALTER TABLE employee ENABLE TRIGGER USER");
    await client.query("VACUUM (ANALYZE) employee");
  } finally {
    await client.end();
  }
}
