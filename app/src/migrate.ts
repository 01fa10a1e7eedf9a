import { fileURLToPath } from "node:url";
import { reasonOf } from "@watchkeeper/process/main";
import { runner } from "node-pg-migrate";
import pg from "pg";

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Brings the database's schema up to date, or with `down` takes back the newest migration. Instances that start
 * together wait for one another.
 *
 * @returns names of the migrations that were run
 * @throws Error in one line when the database cannot be reached or a migration fails
 */
export async function migrate(
  databaseUrl: string,
  direction: "up" | "down" = "up",
): Promise<readonly string[]> {
  const dbClient = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: "company-directory-migrate",
  });
  dbClient.on("error", () => undefined);
  try {
    await dbClient.connect();
  } catch (error) {
    throw new Error(`Cannot reach the directory's PostgreSQL: ${reasonOf(error)}`, { cause: error });
  }
  try {
    const migrations = await runner({
      dbClient,
      dir: fileURLToPath(new URL("./migrations/", import.meta.url)),
      migrationsTable: "migration",
      direction,
      advisoryLockMode: "wait",
      log: () => undefined,
    });
    return migrations.map(({ name }) => name);
  } catch (error) {
    throw new Error(`Cannot migrate the directory's database: ${reasonOf(error)}`, { cause: error });
  } finally {
    await dbClient.end();
  }
}
