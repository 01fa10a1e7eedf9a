import { instrumentPool, type Queries, type QueryRunner } from "@watchkeeper/exporters/database";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import type { Log } from "@watchkeeper/process/log";
import pg from "pg";
import { UnavailableError } from "./problem.ts";

/** For whom a transaction runs: the tenant whose rows it sees, and who is asking. */
export interface Scope {
  readonly tenantId: string;
  readonly employeeId: string;
}

export interface Database extends Queries {
  /** Outside a tenant: row-level security shows no rows at all. */
  query: Queries["query"];
  /**
   * Runs `work` in one transaction that sees the rows of one tenant: committed when it resolves, rolled back when it
   * rejects. The scope ends with the transaction, so the next user of the connection starts with none.
   */
  inTenant<T>(scope: Scope, work: (queries: Queries) => Promise<T>): Promise<T>;
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

/** `true` makes both settings end with the transaction, whichever way it ends. */
const SCOPE = "SELECT set_config('directory.tenant', $1, true), set_config('directory.actor', $2, true)";

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
export function createDatabase(url: string, metrics: Metrics, log: Log, max: number = POOL.max): Database {
  const pool = new pg.Pool({ connectionString: url, ...POOL, max });
  // Without a listener the loss of an idle connection would end the process.
  pool.on("error", (error) => log.warn({ reason: error.message }, "lost an idle database connection"));
  const runner: QueryRunner = instrumentPool(pool, metrics);
  return {
    ...explained(runner),
    async inTenant({ tenantId, employeeId }, work) {
      // BEGIN and COMMIT can fail as queries do; what the work itself throws says what it means already.
      let thrown: { readonly error: unknown } | undefined;
      try {
        return await runner.transaction(async (queries) => {
          await queries.query("tenant_scope", SCOPE, [tenantId, employeeId]);
          return work(explained(queries)).catch((error: unknown) => {
            thrown = { error };
            throw error;
          });
        });
      } catch (error) {
        if (thrown) throw error;
        return explain(error);
      }
    },
    close: () => pool.end(),
  };
}
