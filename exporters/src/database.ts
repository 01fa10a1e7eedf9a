import {
  databaseConnectionsActive,
  databaseConnectionsIdle,
  databaseConnectionsMax,
  databaseConnectionsWaiting,
  databaseQueryDurationSeconds,
} from "@watchkeeper/catalogue/metrics/database";
import pg from "pg";
import type { Metrics } from "./metrics.ts";
import { inSpan } from "./span.ts";

/** Runs queries, each under a name of the code's choosing (never its SQL, which may carry what users typed). */
export interface Queries {
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    name: string,
    text: string,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

export interface QueryRunner extends Queries {
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
}

const QUERY_ATTRIBUTES = { "db.system.name": "postgresql" } as const;

/** After an error of the server the connection is as good as before; after any other its state is unknown. */
const isBroken = (error: unknown): boolean =>
  !(error instanceof pg.DatabaseError) || error.severity === "FATAL" || error.severity === "PANIC";

/**
 * Exports the pool's connections and gives queries that are timed by name. The time is that of the query itself,
 * failed ones included; waiting for a connection shows in `database_connections_waiting`.
 */
export function instrumentPool(pool: pg.Pool, metrics: Metrics): QueryRunner {
  const duration = metrics.histogram(databaseQueryDurationSeconds);
  metrics.gauge(databaseConnectionsActive, (set) => set({}, pool.totalCount - pool.idleCount));
  metrics.gauge(databaseConnectionsIdle, (set) => set({}, pool.idleCount));
  metrics.gauge(databaseConnectionsWaiting, (set) => set({}, pool.waitingCount));
  metrics.gauge(databaseConnectionsMax, (set) => set({}, pool.options.max));

  const queriesOn = (client: pg.PoolClient): Queries => ({
    async query<Row extends pg.QueryResultRow>(name: string, text: string, values?: readonly unknown[]) {
      const start = performance.now();
      try {
        return await inSpan(name, QUERY_ATTRIBUTES, () =>
          client.query<Row>(text, values ? [...values] : undefined),
        );
      } finally {
        duration.observe({ query: name }, (performance.now() - start) / 1_000);
      }
    },
  });

  /** Lends a connection. One that is lost between two queries says so by an event, which unheard ends the process. */
  async function withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken = false;
    const onError = (): void => {
      broken = true;
    };
    client.on("error", onError);
    try {
      return await work(client);
    } catch (error) {
      broken ||= isBroken(error);
      throw error;
    } finally {
      client.off("error", onError);
      client.release(broken);
    }
  }

  return {
    query: (name, text, values) => withClient((client) => queriesOn(client).query(name, text, values)),
    transaction: (work) =>
      withClient(async (client) => {
        await client.query("BEGIN");
        try {
          const result = await work(queriesOn(client));
          await client.query("COMMIT");
          return result;
        } catch (error) {
          // The reason is the first error; a connection that cannot even roll back is dropped with it.
          await client.query("ROLLBACK").catch(() => undefined);
          throw error;
        }
      }),
  };
}
