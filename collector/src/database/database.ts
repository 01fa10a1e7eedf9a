import { instrumentPool, type Queries, type QueryRunner } from "@watchkeeper/exporters/database";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import type { Log } from "@watchkeeper/process/log";
import pg from "pg";

export type { Queries };

export interface Database extends QueryRunner {
  close(): Promise<void>;
}

/** A job that asks for longer has lost its slot anyway; an import of a million rows does so in many short statements. */
const STATEMENT_TIMEOUT_MS = 20_000;

/**
 * Opens a pool on the directory's database (no connection yet). Few connections: the directory needs them more, and
 * jobs that wait for one another hurt nobody.
 */
export function createDatabase(url: string, metrics: Metrics, log: Log): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 2_000,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + 2_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    application_name: "watchkeeper-collector",
  });
  // Without a listener the loss of an idle connection would end the process.
  pool.on("error", (error) => log.warn({ reason: error.message }, "lost an idle database connection"));
  return { ...instrumentPool(pool, metrics), close: () => pool.end() };
}
