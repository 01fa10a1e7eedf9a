import { fileURLToPath } from "node:url";
import type { Log } from "@watchkeeper/process/log";
import { reasonOf } from "@watchkeeper/process/main";
import { runner } from "node-pg-migrate";

/** A server that takes the connection and says nothing must not hold up the start. */
const CONNECT_TIMEOUT_MS = 5_000;

const FOLDER = fileURLToPath(new URL("./migrations", import.meta.url));

/**
 * Brings the schema to its newest version, or with "down" removes it. Replicas that start together wait for each
 * other under the migrations' own lock.
 *
 * @throws Error of the database that says what it refused, or that it cannot be reached
 */
export async function migrate(databaseUrl: string, log: Log, direction: "up" | "down" = "up"): Promise<void> {
  const migrated = runner({
    databaseUrl: { connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS },
    dir: FOLDER,
    direction,
    ...(direction === "down" && { count: Number.POSITIVE_INFINITY }),
    migrationsTable: "migration",
    advisoryLockMode: "wait",
    checkOrder: true,
    logger: {
      debug: (message) => log.debug(message),
      info: (message) => log.debug(message),
      warn: (message) => log.warn(message),
      // The error itself says the same in one line.
      error: (message) => log.debug(message),
    },
  });
  const done = await migrated.catch((error: unknown) => {
    throw new Error(`Cannot prepare the pager's database: ${reasonOf(error)}`, { cause: error });
  });
  if (done.length > 0) log.info({ migrations: done.map(({ name }) => name), direction }, "schema migrated");
}
