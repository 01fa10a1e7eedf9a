import { createTestDatabase } from "@watchkeeper/testing/postgres";
import pg from "pg";
import { inject } from "vitest";
import { migrate } from "./migrate.ts";

const PASSWORD = "test-only";

/** Any constant: files of tests run side by side, and roles belong to the whole server. */
const ROLE_LOCK = 4_700_002;

async function ensureAppRole(): Promise<void> {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [ROLE_LOCK]);
    const { rows } = await client.query("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'directory_app'");
    if (rows.length === 0) await client.query("CREATE ROLE directory_app");
    if (!rows[0]?.rolcanlogin) await client.query(`ALTER ROLE directory_app LOGIN PASSWORD '${PASSWORD}'`);
    await client.query("COMMIT");
  } finally {
    await client.end();
  }
}

export interface DirectoryDatabase {
  /** As a superuser, for what a test must see or break beyond the app's rights. */
  readonly ownerUrl: string;
  /** As the role that the app logs in with. */
  readonly url: string;
  drop(): Promise<void>;
}

/** Makes a migrated, empty directory on the run's real PostgreSQL, with the role that the app logs in with. */
export async function createDirectoryDatabase(): Promise<DirectoryDatabase> {
  const { url: ownerUrl, drop } = await createTestDatabase();
  await ensureAppRole();
  await migrate(ownerUrl);
  const url = new URL(ownerUrl);
  url.username = "directory_app";
  url.password = PASSWORD;
  return { ownerUrl, url: url.href, drop };
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
