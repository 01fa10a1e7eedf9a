import { createTestDatabase } from "@watchkeeper/testing/postgres";
import pg from "pg";
import { inject } from "vitest";
import { migrate } from "./migrate.ts";

const PASSWORD = "test-only";

/** Any constant: files of tests run side by side, and roles belong to the whole server. */
const ROLE_LOCK = 4_700_002;

/** As wherever the directory runs: one role owns the database and is nothing else, the other owns nothing. */
const OWNER = "directory_test_owner";
const APP = "directory_app";

async function prepare(database: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [ROLE_LOCK]);
    for (const role of [OWNER, APP]) {
      const { rows } = await client.query("SELECT rolcanlogin FROM pg_roles WHERE rolname = $1", [role]);
      if (rows.length === 0) await client.query(`CREATE ROLE ${role}`);
      if (!rows[0]?.rolcanlogin) await client.query(`ALTER ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`);
    }
    await client.query(`ALTER DATABASE ${database} OWNER TO ${OWNER}`);
    await client.query("COMMIT");
  } finally {
    await client.end();
  }
}

function urlAs(role: string, url: string): string {
  const changed = new URL(url);
  changed.username = role;
  changed.password = PASSWORD;
  return changed.href;
}

/** Makes an empty database that an ordinary role owns. */
export async function createOwnedDatabase(): Promise<DirectoryDatabase> {
  const { url, drop } = await createTestDatabase();
  await prepare(new URL(url).pathname.slice(1));
  return { ownerUrl: urlAs(OWNER, url), url: urlAs(APP, url), drop };
}

export interface DirectoryDatabase {
  /** As the tables' owner, for what a test must see or break beyond the app's rights. */
  readonly ownerUrl: string;
  /** As the role that the app logs in with. */
  readonly url: string;
  drop(): Promise<void>;
}

/** Makes a migrated, empty directory on the run's real PostgreSQL. */
export async function createDirectoryDatabase(): Promise<DirectoryDatabase> {
  const database = await createOwnedDatabase();
  await migrate(database.ownerUrl);
  return database;
}

/** Runs one query as the server's superuser, such as one that makes an extension. */
export async function asSuperuser({ url }: DirectoryDatabase, text: string): Promise<void> {
  const superuser = new URL(inject("postgresUrl"));
  superuser.pathname = new URL(url).pathname;
  const client = new pg.Client({ connectionString: superuser.href });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** Runs one query beyond the app's rights. */
export async function asOwner<Row extends pg.QueryResultRow>(
  { ownerUrl }: DirectoryDatabase,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
