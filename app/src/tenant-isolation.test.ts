import { createMetrics } from "@watchkeeper/exporters/metrics";
import { createLog } from "@watchkeeper/process/log";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createDatabase, type Database, type Scope } from "./database.ts";
import { requireRestrictedRole } from "./database-role.ts";
import { createDemoTenants } from "./demo/people.ts";
import { seedDemo } from "./demo/seed.ts";
import { asOwner, createDirectoryDatabase, type DirectoryDatabase } from "./test-database.ts";

/** Two connections for everybody: each is used by every tenant in turn. */
const CONNECTIONS = 2;

const [north, tide] = createDemoTenants();
if (!north || !tide) throw new Error("the demo data lacks a tenant");
const scopeOf = ({ id, employees }: typeof north): Scope => ({
  tenantId: id,
  employeeId: employees[0]?.id ?? "",
});
const ours = scopeOf(north);
const theirs = scopeOf(tide);
const somebodyOfTheirs = tide.employees[5]?.id ?? "";

let directory: DirectoryDatabase;
let database: Database;

beforeAll(async () => {
  directory = await createDirectoryDatabase();
  await seedDemo(directory.ownerUrl, "demo-password");
  database = createDatabase(directory.url, createMetrics(), createLog("app", "silent"), CONNECTIONS);
});
afterAll(async () => {
  await database?.close();
  await directory?.drop();
});

const as = <T extends object>(scope: Scope, text: string, values: readonly unknown[] = []): Promise<T[]> =>
  database.inTenant(scope, async ({ query }) => (await query<never>("test", text, values)).rows);

const outside = async (text: string): Promise<object[]> => (await database.query("test", text)).rows;

const COUNT = "SELECT count(*)::int AS people, count(DISTINCT tenant_id)::int AS tenants FROM employee";

test("each tenant sees its own people and nobody else's, whatever a query forgets to say", async () => {
  expect(await as(ours, COUNT)).toEqual([{ people: north.employees.length, tenants: 1 }]);
  expect(await as(theirs, COUNT)).toEqual([{ people: tide.employees.length, tenants: 1 }]);
  expect(await as(ours, "SELECT slug FROM tenant")).toEqual([{ slug: "northlight" }]);
  expect(await as(ours, "SELECT id FROM employee WHERE tenant_id = $1", [theirs.tenantId])).toEqual([]);
  expect(await as(ours, "SELECT id FROM employee WHERE id = $1", [somebodyOfTheirs])).toEqual([]);
  expect(
    await as(ours, "SELECT id FROM employee WHERE true OR tenant_id = $1", [theirs.tenantId]),
  ).toHaveLength(north.employees.length);
});

test("without a tenant nothing is seen", async () => {
  for (const table of ["tenant", "employee", "audit_log"]) {
    expect(await outside(`SELECT id FROM ${table}`)).toEqual([]);
  }
  expect(await outside("SELECT * FROM search_employees('engineer', NULL, NULL, NULL, 50)")).toEqual([]);
  expect(await outside("SELECT own_password_hash() AS hash")).toEqual([{ hash: null }]);
});

test.each([
  ["change them", `UPDATE employee SET phone = 'x' WHERE id = '${somebodyOfTheirs}' RETURNING id`],
  ["remove them", `DELETE FROM employee WHERE id = '${somebodyOfTheirs}' RETURNING id`],
  ["lock them", `SELECT id FROM employee WHERE id = '${somebodyOfTheirs}' FOR UPDATE`],
  ["join them", `SELECT o.id FROM employee e, employee o WHERE o.tenant_id <> e.tenant_id`],
  ["count them below", `SELECT id FROM employee WHERE manager_id = '${somebodyOfTheirs}'`],
  ["read what was done there", `SELECT id FROM audit_log WHERE tenant_id = '${tide.id}'`],
  ["rename the company", `UPDATE tenant SET name = 'x' WHERE id = '${tide.id}' RETURNING id`],
  [
    "find them by search",
    `SELECT f.id FROM search_employees('manager', NULL, NULL, NULL, 5000) f
     WHERE f.id NOT IN (SELECT id FROM employee)`,
  ],
])("to %s touches no row", async (_what, text) => {
  await asOwner(directory, "UPDATE employee SET title = title || ' ' WHERE id = $1", [somebodyOfTheirs]);
  expect(await as(ours, text)).toEqual([]);
});

const EMPLOYEE = "name, email, title, department, location, phone";
const VALUES = "'n', 'e@x.example', 't', 'd', 'l', 'p'";

test.each([
  [
    "add somebody to them",
    `INSERT INTO employee (tenant_id, ${EMPLOYEE}) VALUES ('${tide.id}', ${VALUES})`,
    "row-level security",
  ],
  ["move somebody to them", `UPDATE employee SET tenant_id = '${tide.id}'`, "permission denied"],
  ["take their id", `UPDATE employee SET id = '${somebodyOfTheirs}'`, "permission denied"],
  [
    "name a manager of theirs",
    `UPDATE employee SET manager_id = '${somebodyOfTheirs}' WHERE id = '${north.employees[9]?.id}'`,
    "foreign key",
  ],
  ["read hashes of passwords", "SELECT password_hash FROM employee", "permission denied"],
  ["read whole rows", "SELECT * FROM employee", "permission denied"],
  ["set a password", "UPDATE employee SET password_hash = 'x'", "permission denied"],
  ["open a company", "INSERT INTO tenant (slug, name) VALUES ('new', 'New')", "permission denied"],
  ["close the company", "DELETE FROM tenant", "permission denied"],
  [
    "write into the audit log",
    `INSERT INTO audit_log (tenant_id) VALUES ('${north.id}')`,
    "permission denied",
  ],
  ["change the audit log", "UPDATE audit_log SET changes = '{}'", "permission denied"],
  ["empty the audit log", "DELETE FROM audit_log", "permission denied"],
  ["truncate", "TRUNCATE employee", "permission denied"],
  ["switch the policies off", "ALTER TABLE employee DISABLE ROW LEVEL SECURITY", "must be owner"],
  ["drop a policy", "DROP POLICY own_tenant ON employee", "must be owner"],
  ["add a policy", "CREATE POLICY all_of_it ON employee USING (true)", "must be owner"],
  ["go without policies", "SET LOCAL row_security = off; SELECT id FROM employee", "row-level security"],
  ["become the owner", "SET LOCAL ROLE postgres", "permission denied"],
  ["become somebody else", "SET LOCAL SESSION AUTHORIZATION postgres", "permission denied"],
  ["get more rights", "ALTER ROLE directory_app BYPASSRLS", "must be superuser"],
  [
    "replace a function",
    "CREATE FUNCTION public.current_tenant(int) RETURNS int RETURN 1",
    "permission denied",
  ],
  ["stop the record", "ALTER TABLE employee DISABLE TRIGGER employee_audit", "must be owner"],
  ["stop all triggers", "SET LOCAL session_replication_role = replica", "permission denied"],
  ["list all companies", "SELECT list_tenants()", "only a super admin"],
  [
    "open a company by function",
    "SELECT create_tenant('new', 'New', 'n', 'e@x.example', 'h')",
    "only a super admin",
  ],
  [
    "give up the tenant for nonsense",
    "SET LOCAL directory.tenant = 'x'; SELECT id FROM employee",
    "invalid input",
  ],
])("to %s is refused", async (_what, text, reason) => {
  await expect(as(ours, text)).rejects.toThrow(reason);
});

test("a table of one's own does not stand in for the real one where the owner's rights are lent", async () => {
  const found = await database.inTenant(ours, async ({ query }) => {
    await query(
      "test",
      "CREATE TEMP TABLE employee ON COMMIT DROP AS SELECT id, name FROM public.employee LIMIT 0",
    );
    return (await query("test", "SELECT id FROM search_employees('engineer', NULL, NULL, NULL, 50)")).rows;
  });
  expect(found).toHaveLength(50);
});

test("who asks reads and replaces the own password alone, and only within the own tenant", async () => {
  const hash = "SELECT own_password_hash() AS hash";
  const stranger = { tenantId: ours.tenantId, employeeId: theirs.employeeId };
  const [own] = await as<{ hash: string }>(ours, hash);
  expect(own?.hash).toMatch(/^scrypt\$/);
  expect(await as(stranger, hash)).toEqual([{ hash: null }]);
  const replace = "SELECT replace_own_password($1, 'x') AS replaced";
  expect(await as(stranger, replace, [own?.hash])).toEqual([{ replaced: false }]);
  expect(await as(ours, replace, ["another"])).toEqual([{ replaced: false }]);
  expect(await asOwner(directory, "SELECT id FROM employee WHERE password_hash = 'x'")).toEqual([]);
});

test("a connection that served one tenant has forgotten it, however the work ended", async () => {
  const nothing = [{ tenant: "", actor: "" }];
  const SETTINGS = `SELECT COALESCE(current_setting('directory.tenant', true), '') AS tenant,
    COALESCE(current_setting('directory.actor', true), '') AS actor`;
  const everyConnection = async () =>
    Promise.all(Array.from({ length: CONNECTIONS }, () => outside(`${SETTINGS} FROM pg_sleep(0.05)`)));
  await Promise.all(Array.from({ length: CONNECTIONS }, () => as(ours, "SELECT pg_sleep(0.05)")));
  expect(await everyConnection()).toEqual(Array(CONNECTIONS).fill(nothing));
  await expect(as(ours, "SELECT 1 / 0")).rejects.toThrow("division by zero");
  await expect(
    database.inTenant(ours, async () => {
      throw new Error("our own");
    }),
  ).rejects.toThrow("our own");
  expect(await everyConnection()).toEqual(Array(CONNECTIONS).fill(nothing));
  expect(await outside(COUNT)).toEqual([{ people: 0, tenants: 0 }]);
});

test("tenants that use the same few connections at once never see one another", async () => {
  const seen: boolean[] = [];
  // More than there are connections, but so few that none waits as long as a connection may be waited for. An odd
  // number: each visits both tenants in turn.
  const VISITORS = 7;
  const visit = async (first: number): Promise<void> => {
    for (let i = first; i < 200; i += VISITORS) {
      const scope = i % 2 === 0 ? ours : theirs;
      if (i % 5 === 0) await as(scope, "SELECT broken").catch(() => undefined);
      const rows = await as<{ tenant_id: string }>(scope, "SELECT DISTINCT tenant_id FROM employee");
      seen.push(rows.length === 1 && rows[0]?.tenant_id === scope.tenantId);
    }
  };
  await Promise.all(Array.from({ length: VISITORS }, (_, first) => visit(first)));
  expect(seen).toEqual(Array(200).fill(true));
});

test("text that a person typed stays text", async () => {
  const evil = `'); SELECT set_config('directory.tenant', '${theirs.tenantId}', true); --`;
  const text = "SELECT id FROM search_employees($1, NULL, NULL, NULL, 50)";
  expect(await as(ours, text, [evil])).toEqual([]);
  for (const tenantId of [evil, "' OR 1=1", ""]) {
    const seen = as({ ...ours, tenantId }, "SELECT id FROM employee");
    await expect(seen.catch((error: Error) => error.message)).resolves.toSatisfy(
      (result: unknown) =>
        JSON.stringify(result) === "[]" || String(result).startsWith("invalid input syntax for type uuid"),
    );
  }
});

test("the audit log of a tenant is kept for thirty days against everybody, its owner too", async () => {
  await as(ours, "UPDATE employee SET phone = 'new' WHERE id = $1", [north.employees[7]?.id]);
  const [entry] = await as<{ actor_id: string; changes: object }>(
    ours,
    "SELECT actor_id, changes FROM audit_log",
  );
  expect(entry).toMatchObject({ actor_id: ours.employeeId, changes: { phone: { to: "new" } } });
  for (const text of [
    "DELETE FROM audit_log",
    "UPDATE audit_log SET actor_id = NULL",
    "TRUNCATE audit_log",
  ]) {
    await expect(asOwner(directory, text)).rejects.toThrow("only ever added to");
  }
  expect(await outside("SELECT forget_audit_log(0) AS count")).toEqual([{ count: "0" }]);
  await asOwner(
    directory,
    `INSERT INTO audit_log (tenant_id, at, action, entity, entity_id, version, changes)
     VALUES ($1, now() - interval '31 days', 'update', 'employee', $1, 1, '{}')`,
    [north.id],
  );
  expect(await outside("SELECT forget_audit_log(365) AS count")).toEqual([{ count: "0" }]);
  expect(await outside("SELECT forget_audit_log(30) AS count")).toEqual([{ count: "1" }]);
});

test("the app refuses a role that the policies do not bind", async () => {
  await requireRestrictedRole(database);
  const owner = createDatabase(directory.ownerUrl, createMetrics(), createLog("app", "silent"));
  await expect(requireRestrictedRole(owner)).rejects.toThrow(
    /^Cannot serve tenants as the database role directory_test_owner as it owns the tables: log in as directory_app$/,
  );
  await owner.close();
  const superuser = createDatabase(inject("postgresUrl"), createMetrics(), createLog("app", "silent"));
  await expect(requireRestrictedRole(superuser)).rejects.toThrow("as it may bypass row-level security");
  await superuser.close();
});
