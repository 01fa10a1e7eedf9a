import type { Log } from "@watchkeeper/process/log";
import pg from "pg";

/** The longest query of all merges a body of the largest size; one that takes longer is stuck. */
const QUERY_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 3_000;

/**
 * Statements are planned once, and a plan that was made while a table was small would read all of it again and again when
 * a storm has filled it: where there is an index, it is used from the beginning.
 */
const PLANNING = "-c enable_seqscan=off";

/**
 * The pool of the pager's own database. Every connection commits to disk before it says so, whatever the server's
 * default is, since a 200 to Alertmanager promises just that.
 */
export function createPool(databaseUrl: string, log: Log): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // A little later than the server's own, which leaves the connection usable.
    query_timeout: QUERY_TIMEOUT_MS + 5_000,
    keepAlive: true,
    application_name: "watchkeeper-pager",
    options: `-c synchronous_commit=on -c statement_timeout=${QUERY_TIMEOUT_MS} -c idle_in_transaction_session_timeout=${QUERY_TIMEOUT_MS} ${PLANNING}`,
  });
  // An idle connection that the server ends would otherwise end this process.
  pool.on("error", (error) => log.warn({ err: error }, "an idle database connection was lost"));
  return pool;
}
