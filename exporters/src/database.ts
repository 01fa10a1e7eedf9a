import { createHash } from "node:crypto";
import type { LabelValue } from "@watchkeeper/catalogue/labels";
import {
  databaseConnectionAcquireSeconds,
  databaseConnectionsActive,
  databaseConnectionsIdle,
  databaseConnectionsMax,
  databaseConnectionsWaiting,
  databaseErrorsTotal,
  databaseQueryDurationSeconds,
} from "@watchkeeper/catalogue/metrics/database";
import type pg from "pg";
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

export interface InstrumentPoolOptions {
  /**
   * Each text with values is parsed and planned once for each connection. For code that has few texts, all its own: a
   * connection keeps every one of them. Not for connections that a proxy shares between transactions.
   */
  readonly prepare?: boolean;
}

/** The server cuts names off after 63 characters; the same text is the same statement whatever the code calls it. */
const statementNameOf = (text: string): string => {
  const known = statementNames.get(text);
  if (known !== undefined) return known;
  const name = createHash("sha256").update(text).digest("base64url");
  statementNames.set(text, name);
  return name;
};
const statementNames = new Map<string, string>();

const QUERY_ATTRIBUTES = { "db.system.name": "postgresql" } as const;

/** An error that PostgreSQL itself sent; told by its shape, so that nobody needs pg who has no database. */
const isFromServer = (
  error: unknown,
): error is Error & { readonly code?: string; readonly severity: string } =>
  error instanceof Error && "severity" in error && typeof error.severity === "string";

/** After an error of the server the connection is as good as before; after any other its state is unknown. */
const isBroken = (error: unknown): boolean =>
  !isFromServer(error) || error.severity === "FATAL" || error.severity === "PANIC";

type ErrorClass = LabelValue<"error_class">;

/** By the class of PostgreSQL's SQLSTATE, its first two characters. */
const ERROR_CLASSES: Readonly<Record<string, ErrorClass>> = {
  "08": "connection",
  "22": "query",
  "23": "constraint",
  "40": "conflict",
  "42": "query",
  "53": "resources",
  "57": "connection",
};

/** A statement that was given up: by its time limit or by hand. */
const QUERY_CANCELED = "57014";

/** What a failed query says of its cause. What did not come from the server means that the way to it is broken. */
export function errorClassOf(error: unknown): ErrorClass {
  if (isFromServer(error)) {
    if (error.code === QUERY_CANCELED) return "timeout";
    return ERROR_CLASSES[(error.code ?? "").slice(0, 2)] ?? "other";
  }
  return error instanceof Error && /time(?:d )?out/i.test(error.message) ? "timeout" : "connection";
}

/** Exports the connections of a pool, and how long it took to lend one. */
export function exportPool(pool: pg.Pool, metrics: Metrics): void {
  metrics.gauge(databaseConnectionsActive, (set) => set({}, pool.totalCount - pool.idleCount));
  metrics.gauge(databaseConnectionsIdle, (set) => set({}, pool.idleCount));
  metrics.gauge(databaseConnectionsWaiting, (set) => set({}, pool.waitingCount));
  metrics.gauge(databaseConnectionsMax, (set) => set({}, pool.options.max));
  const acquire = metrics.histogram(databaseConnectionAcquireSeconds).series({});

  type Callback = (...result: unknown[]) => void;
  const connect = pool.connect.bind(pool) as (callback?: Callback) => Promise<pg.PoolClient> | undefined;
  const connectTimed = (callback?: Callback): Promise<pg.PoolClient> | undefined => {
    const start = performance.now();
    const done = (): void => acquire.observe((performance.now() - start) / 1_000);
    // pool.query lends its connection with a callback.
    if (callback)
      return connect((...result) => {
        done();
        callback(...result);
      });
    return connect()?.finally(done);
  };
  pool.connect = connectTimed as typeof pool.connect;
}

/**
 * Exports the pool's connections and gives queries that are timed by name. The time is that of the query itself,
 * failed ones included; waiting for a connection is `database_connection_acquire_seconds`.
 */
export function instrumentPool(
  pool: pg.Pool,
  metrics: Metrics,
  { prepare = false }: InstrumentPoolOptions = {},
): QueryRunner {
  const duration = metrics.histogram(databaseQueryDurationSeconds);
  const errors = metrics.counter(databaseErrorsTotal);
  exportPool(pool, metrics);

  const queriesOn = (client: pg.PoolClient): Queries => ({
    async query<Row extends pg.QueryResultRow>(name: string, text: string, values?: readonly unknown[]) {
      const start = performance.now();
      try {
        return await inSpan(name, QUERY_ATTRIBUTES, () =>
          client.query<Row>({
            text,
            ...(values && { values: [...values] }),
            ...(prepare && values && { name: statementNameOf(text) }),
          }),
        );
      } catch (error) {
        errors.inc({ error_class: errorClassOf(error) });
        throw error;
      } finally {
        duration.observe({ query: name }, (performance.now() - start) / 1_000);
      }
    },
  });

  /** Lends a connection. One that is lost between two queries says so by an event, which unheard ends the process. */
  async function withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect().catch((error: unknown) => {
      errors.inc({ error_class: errorClassOf(error) });
      throw error;
    });
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
