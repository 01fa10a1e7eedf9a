import { type TopListName, topLists } from "@watchkeeper/catalogue/top-lists";
import type { Database } from "../database/database.ts";

/** How many rows a tenant's list has at the most, and over how many days it looks. */
export const TOP = { rows: 10, days: 7 } as const;

/** Tenants of one statement. */
const TENANTS = 100;
const BUDGET_MS = 600;

export interface Published {
  readonly tenants: number;
  /** Tenants whose lists have changed and are not published yet. */
  readonly waiting: number;
}

/** Lists change when something happens, and once a day by themselves as their window moves on. */
const STALE = `published_at < changed_at OR published_at < now() - interval '1 day'`;

const TAKE = `
  SELECT tenant_id FROM collector.tenant WHERE ${STALE}
  ORDER BY published_at LIMIT ${TENANTS} FOR UPDATE SKIP LOCKED`;

/**
 * $1 tenants, $2 the first day, $3 how many different people it takes. Those are counted within the tenant and within the
 * window: no row mixes tenants, and none is about fewer people than that.
 */
const listOf = ({ table, column, source, person, amount, names, joins }: ListText): string => `
  INSERT INTO collector.${table} (tenant_id, rank, company, ${column}, ${amount}, people${names.column})
  SELECT tenant_id, rank, company, item, amount, people${names.value} FROM (
    SELECT s.tenant_id, t.name AS company, s.item, s.amount, k.people${names.inner},
      row_number() OVER (PARTITION BY s.tenant_id ORDER BY s.amount DESC, k.people DESC, s.item) AS rank
    FROM (
      SELECT tenant_id, ${column} AS item, sum(${amount}) AS amount FROM collector.${source}
      WHERE tenant_id = ANY ($1) AND day >= $2 GROUP BY 1, 2
    ) s
    JOIN (
      SELECT tenant_id, ${column} AS item, count(*) AS people FROM collector.${person}
      WHERE tenant_id = ANY ($1) AND last_day >= $2 GROUP BY 1, 2 HAVING count(*) >= $3
    ) k USING (tenant_id, item)
    JOIN tenant t ON t.id = s.tenant_id ${joins}
  ) ranked WHERE rank <= ${TOP.rows}`;

interface ListText {
  readonly table: string;
  readonly column: string;
  readonly source: string;
  readonly person: string;
  readonly amount: string;
  readonly names: { readonly column: string; readonly value: string; readonly inner: string };
  readonly joins: string;
}

const TERMS = listOf({
  table: "top_term",
  column: "term",
  source: "term_day",
  person: "term_person",
  amount: "searches",
  names: { column: "", value: "", inner: "" },
  joins: "",
});

const PROFILES = listOf({
  table: "top_profile",
  column: "profile_id",
  source: "profile_day",
  person: "profile_person",
  amount: "views",
  names: { column: ", person", value: ", person", inner: ", e.name AS person" },
  joins: "JOIN employee e ON e.tenant_id = s.tenant_id AND e.id = s.item",
});

/**
 * Publishes the most searched terms and the most viewed profiles of tenants in which something has happened, those that
 * wait longest first, for about half a second.
 *
 * @param minPeople how many different people a row must be about
 */
export async function publishTopLists(
  database: Database,
  timeZone: string,
  minPeople: number,
  signal: AbortSignal,
): Promise<Published> {
  const startMs = performance.now();
  let tenants = 0;
  while (!signal.aborted && performance.now() - startMs < BUDGET_MS) {
    const published = await database.transaction(async ({ query }) => {
      const { rows } = await query<{ tenant_id: string }>("top_take", TAKE);
      const ids = rows.map(({ tenant_id }) => tenant_id);
      if (ids.length === 0) return 0;
      const today = await query<{ first: string }>(
        "top_first_day",
        `SELECT ((now() AT TIME ZONE $1)::date - ${TOP.days - 1})::text AS first`,
        [timeZone],
      );
      const window = [ids, today.rows[0]?.first, minPeople];
      await query("top_terms_clear", "DELETE FROM collector.top_term WHERE tenant_id = ANY ($1)", [ids]);
      await query("top_profiles_clear", "DELETE FROM collector.top_profile WHERE tenant_id = ANY ($1)", [
        ids,
      ]);
      await query("top_terms", TERMS, window);
      await query("top_profiles", PROFILES, window);
      await query("top_done", "UPDATE collector.tenant SET published_at = now() WHERE tenant_id = ANY ($1)", [
        ids,
      ]);
      return ids.length;
    });
    if (published === 0) break;
    tenants += published;
  }
  const { rows } = await database.query<{ waiting: number }>(
    "top_waiting",
    `SELECT count(*)::int AS waiting FROM collector.tenant WHERE ${STALE}`,
  );
  return { tenants, waiting: rows[0]?.waiting ?? 0 };
}

/** A published list, the largest rows of all tenants first. */
export interface TopTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** Reads what is published, and nothing else. */
export async function readTopList({ query }: Pick<Database, "query">, list: TopListName): Promise<TopTable> {
  const { columns, sql } = topLists[list];
  const { rows } = await query<Record<string, string | number>>(`top_read_${list}`, sql);
  return { columns, rows: rows.map((row) => columns.map((column) => row[column] ?? "")) };
}
