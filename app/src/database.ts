import { instrumentPool, type Queries, type QueryRunner } from "@watchkeeper/exporters/database";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import type { Log } from "@watchkeeper/process/log";
import pg from "pg";
import { UnavailableError } from "./errors.ts";

export interface Database extends QueryRunner {
  close(): Promise<void>;
}

/**
 * 20 connections an instance leave room for several instances below PostgreSQL's default of 100. The time limits add
 * up to less than a client waits: a request never hangs on a database that does not answer.
 */
const POOL = {
  max: 20,
  idleTimeoutMillis: 30_000,
  connectionTimeoutMillis: 2_000,
  statement_timeout: 4_000,
  query_timeout: 5_000,
  keepAlive: true,
  application_name: "company-directory",
} as const;

/** SQLSTATE classes with which a server says that it, not the query, is the problem: 08 connection, 53 resources, 57 operator. */
const UNAVAILABLE_CLASSES = new Set(["08", "53", "57"]);

const isUnavailable = (error: unknown): boolean =>
  !(error instanceof pg.DatabaseError) || UNAVAILABLE_CLASSES.has((error.code ?? "").slice(0, 2));

const explain = (error: unknown): never => {
  throw isUnavailable(error) ? new UnavailableError("postgres", error) : error;
};

const explained = ({ query }: Queries): Queries => ({
  query: (name, text, values) => query<never>(name, text, values).catch(explain),
});

/** Opens the pool (no connection yet). Queries fail with UnavailableError while PostgreSQL is away. */
export function createDatabase(url: string, metrics: Metrics, log: Log): Database {
  const pool = new pg.Pool({ connectionString: url, ...POOL });
  // Without a listener the loss of an idle connection would end the process.
  pool.on("error", (error) => log.warn({ reason: error.message }, "lost an idle database connection"));
  const runner = instrumentPool(pool, metrics);
  return {
    ...explained(runner),
    async transaction(work) {
      // BEGIN and COMMIT can fail as queries do; what the work itself throws says what it means already.
      let thrown: { readonly error: unknown } | undefined;
      try {
        return await runner.transaction((queries) =>
          work(explained(queries)).catch((error: unknown) => {
            thrown = { error };
            throw error;
          }),
        );
      } catch (error) {
        if (thrown) throw error;
        return explain(error);
      }
    },
    close: () => pool.end(),
  };
}
