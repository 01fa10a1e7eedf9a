import pg from "pg";
import { expect, test } from "vitest";
import { migrate } from "./migrate.ts";
import { createOwnedDatabase } from "./test-database.ts";

const ALL = [
  "0001_directory",
  "0002_tenant_isolation",
  "0003_reporting_lines",
  "0004_audit_log",
  "0005_search",
  "0006_installation",
  "0100_usage",
  "0101_own_password",
];

/** Everything that a migration can make in a database: a leftover of one that was taken back shows here. */
const THINGS = `
  SELECT 'function ' || p.oid::regprocedure AS thing FROM pg_proc p
    WHERE pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  UNION ALL SELECT 'policy ' || polname || ' on ' || polrelid::regclass FROM pg_policy
  UNION ALL SELECT 'extension ' || extname FROM pg_extension WHERE extname <> 'plpgsql'
  UNION ALL SELECT 'column ' || attrelid::regclass || '.' || attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT 'index ' || indexname FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT 'grant on ' || relname || ' ' || relacl::text FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relacl::text LIKE '%directory_app%'
  ORDER BY 1`;

const thingsIn = async (url: string): Promise<string[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(THINGS);
  await client.end();
  return rows.map(({ thing }) => thing);
};

const tablesIn = async (url: string): Promise<string[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  await client.end();
  return rows.map(({ tablename }) => tablename);
};

test("migrations go up, down without a trace and up again, one by one, and twice is once", async () => {
  const { ownerUrl: url, drop } = await createOwnedDatabase();
  try {
    expect(await migrate(url)).toEqual(ALL);
    expect(await tablesIn(url)).toEqual([
      "audit_log",
      "employee",
      "migration",
      "tenant",
      "usage_batch",
      "usage_event",
    ]);
    expect(await migrate(url)).toEqual([]);
    const seen = [await thingsIn(url)];
    for (const name of ALL.toReversed()) {
      expect(await migrate(url, "down")).toEqual([name]);
      seen.unshift(await thingsIn(url));
    }
    expect(await tablesIn(url)).toEqual(["migration"]);
    expect(seen[0]?.filter((thing) => !thing.includes("migration"))).toEqual([]);
    expect(await migrate(url)).toEqual(ALL);
    expect(await thingsIn(url)).toEqual(seen.at(-1));
  } finally {
    await drop();
  }
});

test("people of the first version keep what they may do, and get it back", async () => {
  const { ownerUrl: url, drop } = await createOwnedDatabase();
  const client = new pg.Client({ connectionString: url });
  try {
    await migrate(url);
    for (const _ of ALL.slice(1)) await migrate(url, "down");
    await client.connect();
    await client.query(`
      INSERT INTO tenant (id, slug, name) VALUES ('00000000-0000-4000-8000-000000000001', 'old', 'Old');
      INSERT INTO employee (id, tenant_id, name, email, title, department, location, phone, manager_id, role)
      SELECT ('00000000-0000-4000-8000-00000000000' || i)::uuid, '00000000-0000-4000-8000-000000000001', 'N', i || '@x.y',
        't', 'd', 'l', 'p', manager::uuid, role
      FROM (VALUES (2, NULL, 'admin'), (3, '00000000-0000-4000-8000-000000000002', 'member'),
        (4, '00000000-0000-4000-8000-000000000003', 'member')) AS v (i, manager, role)`);
    const rolesNow = async () =>
      (await client.query("SELECT role FROM employee ORDER BY id")).rows.map((r) => r.role);
    await migrate(url);
    expect(await rolesNow()).toEqual(["admin", "manager", "user"]);
    for (const _ of ALL.slice(1)) await migrate(url, "down");
    expect(await rolesNow()).toEqual(["admin", "member", "member"]);
  } finally {
    await client.end();
    await drop();
  }
});

test("instances that start together wait for one another", async () => {
  const { ownerUrl: url, drop } = await createOwnedDatabase();
  try {
    const runs = await Promise.all([migrate(url), migrate(url), migrate(url)]);
    expect(runs.flat()).toEqual(ALL);
  } finally {
    await drop();
  }
});

test("a database that is away is one line that says so", async () => {
  await expect(migrate("postgres://nobody@127.0.0.1:1/nothing")).rejects.toThrow(
    /^Cannot reach the directory's PostgreSQL: .*ECONNREFUSED/,
  );
});
