import type { Queries } from "./database.ts";

/** One kind of statement, as `pg_stat_statements` has it: values in it are `$1`, `$2` … */
export interface SlowQuery {
  readonly text: string;
  readonly calls: number;
  readonly meanMs: number;
  readonly totalMs: number;
  /** Rows that it gave or changed, over all calls. */
  readonly rows: number;
  /** Share of the pages that were in PostgreSQL's memory already; null where none were read. */
  readonly cachedShare: number | null;
}

/** Longer statements end with `…`. */
const MAX_TEXT = 300;

const STATEMENT = `
  SELECT CASE WHEN length(query) > ${MAX_TEXT} THEN left(query, ${MAX_TEXT}) || '…' ELSE query END AS text,
    calls::double precision AS calls,
    mean_exec_time AS "meanMs",
    total_exec_time AS "totalMs",
    rows::double precision AS rows,
    shared_blks_hit::double precision / nullif(shared_blks_hit + shared_blks_read, 0) AS "cachedShare"
  FROM pg_stat_statements
  WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    -- Of other roles' statements only who may read all statistics sees more than this.
    AND query <> '<insufficient privilege>'
  ORDER BY total_exec_time DESC
  LIMIT $1`;

/**
 * The statements on which the database spends most time, as rows for people: their text is never a label. The extension
 * `pg_stat_statements` must be installed, and the role must be allowed to read it.
 *
 * @throws Error of the database when it is not
 */
export async function loadSlowQueries(queries: Queries, limit = 20): Promise<readonly SlowQuery[]> {
  return (await queries.query<SlowQuery & { [column: string]: unknown }>("slow_queries", STATEMENT, [limit]))
    .rows;
}
