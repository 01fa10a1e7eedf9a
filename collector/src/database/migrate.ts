import { fileURLToPath } from "node:url";
import { reasonOf } from "@watchkeeper/process/main";
import { runner } from "node-pg-migrate";

const FOLDER = fileURLToPath(new URL("./migrations", import.meta.url));

/**
 * Brings the schema `collector` in the directory's database to its newest version, or with "down" empties it.
 * Collectors that start together wait for each other.
 *
 * @returns names of the migrations that were run
 * @throws Error in one line when the database cannot be reached or refuses
 */
export async function migrate(
  databaseUrl: string,
  direction: "up" | "down" = "up",
): Promise<readonly string[]> {
  try {
    const done = await runner({
      databaseUrl: { connectionString: databaseUrl, connectionTimeoutMillis: 5_000 },
      dir: FOLDER,
      direction,
      schema: "collector",
      createSchema: true,
      migrationsSchema: "collector",
      createMigrationsSchema: true,
      migrationsTable: "migration",
      advisoryLockMode: "wait",
      log: () => undefined,
    });
    return done.map(({ name }) => name);
  } catch (error) {
    throw new Error(`Cannot prepare the collector's tables: ${reasonOf(error)}`, { cause: error });
  }
}
