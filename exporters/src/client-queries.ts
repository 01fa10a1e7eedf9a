import { databaseErrorsTotal, databaseQueryDurationSeconds } from "@watchkeeper/catalogue/metrics/database";
import type pg from "pg";
import { errorClassOf } from "./database.ts";
import type { Metrics } from "./metrics.ts";

/** Queries that their code gave no name. */
export const UNNAMED_QUERY = "unnamed";

type Callback = (error: unknown, result: unknown) => void;
type Query = (this: pg.PoolClient, ...args: unknown[]) => unknown;

/** pg's own name for a query: `{ name: "find-employee", text: "SELECT …" }`. */
function nameOf(query: unknown): string {
  const named = typeof query === "object" && query !== null && "name" in query ? query.name : undefined;
  return typeof named === "string" && named !== "" ? named : UNNAMED_QUERY;
}

/**
 * Times every query of a pool by the name that pg has for it, and counts those that fail. For code that calls the pool
 * itself; `instrumentPool` gives a runner that asks for names.
 */
export function exportClientQueries(pool: pg.Pool, metrics: Metrics): void {
  const duration = metrics.histogram(databaseQueryDurationSeconds);
  const errors = metrics.counter(databaseErrorsTotal);

  pool.on("connect", (client) => {
    const run = client.query as Query;
    const runTimed: Query = function (...args) {
      const start = performance.now();
      const done = (error?: unknown): void => {
        duration.observe({ query: nameOf(args[0]) }, (performance.now() - start) / 1_000);
        if (error) errors.inc({ error_class: errorClassOf(error) });
      };
      const callback = args.at(-1);
      if (typeof callback === "function") {
        args[args.length - 1] = (error: unknown, result: unknown): void => {
          done(error);
          (callback as Callback)(error, result);
        };
        return run.apply(this, args);
      }
      const result = run.apply(this, args);
      // A cursor or a stream is read at its own pace: how long is nobody's query time.
      if (result instanceof Promise) result.then(() => done(), done);
      return result;
    };
    client.query = runTimed as typeof client.query;
  });
}
