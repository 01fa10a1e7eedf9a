import type { Database, Queries } from "../database/database.ts";

/** What one run of the roll-up did. */
export interface RolledUp {
  readonly batches: number;
  readonly events: number;
  /** Age of the oldest batch that is left, in seconds; 0 when nothing is left. */
  readonly lagSeconds: number;
}

/** Batches of one transaction hold some 5,000 events: a fifth of a second of work, also when each is about other people. */
const BATCHES = 20;
const EVENTS = 5_000;
/** What is left then waits for the next run: a backlog must not keep the database busy. */
const BUDGET_MS = 500;

/**
 * Takes the oldest batches that nobody has counted. A batch that is committed late is found later; one that another
 * transaction is counting is passed over.
 */
const TAKE = `
  SELECT number, events FROM (
    SELECT number, events, sum(events) OVER (ORDER BY number) - events AS before FROM (
      SELECT number, events FROM usage_batch WHERE counted_at IS NULL ORDER BY number LIMIT ${BATCHES}
      FOR UPDATE SKIP LOCKED
    ) AS locked
  ) AS oldest WHERE before < ${EVENTS} ORDER BY number`;

/** The day of an event; $2 is the time zone. */
const DAY = "(at AT TIME ZONE $2)::date";
const FROM = "FROM usage_event WHERE batch = ANY ($1)";

/**
 * Every statement adds up first and writes in the order of its key, so that two collectors never wait for each other in
 * a circle.
 */
const COUNT: Readonly<Record<string, { readonly text: string; readonly zoned: boolean }>> = {
  roll_up_hours: {
    zoned: false,
    text: `INSERT INTO collector.usage_hour AS h (hour, kind, events)
      SELECT date_trunc('hour', at), kind, count(*) ${FROM} GROUP BY 1, 2 ORDER BY 1, 2
      ON CONFLICT (hour, kind) DO UPDATE SET events = h.events + excluded.events`,
  },
  roll_up_persons: {
    zoned: false,
    text: `INSERT INTO collector.person AS p (tenant_id, user_id, last_at, last_search_at, last_view_at, last_update_at)
      SELECT tenant_id, user_id, max(at), max(at) FILTER (WHERE kind IN ('search', 'empty_search')),
        max(at) FILTER (WHERE kind = 'profile_view'), max(at) FILTER (WHERE kind = 'profile_update')
      ${FROM} GROUP BY 1, 2 ORDER BY 1, 2
      ON CONFLICT (tenant_id, user_id) DO UPDATE SET last_at = greatest(p.last_at, excluded.last_at),
        last_search_at = greatest(p.last_search_at, excluded.last_search_at),
        last_view_at = greatest(p.last_view_at, excluded.last_view_at),
        last_update_at = greatest(p.last_update_at, excluded.last_update_at)`,
  },
  // Only who is new to a day can be new to its week or month, and is added to the day's number.
  roll_up_person_days: {
    zoned: true,
    text: `WITH new AS (
        INSERT INTO collector.person_day (day, tenant_id, user_id)
        SELECT DISTINCT ${DAY}, tenant_id, user_id ${FROM} ORDER BY 1, 2, 3
        ON CONFLICT DO NOTHING RETURNING day, tenant_id, user_id
      ), periods AS (
        INSERT INTO collector.person_period (first_day, kind, tenant_id, user_id)
        SELECT DISTINCT date_trunc(kind, day)::date, kind, tenant_id, user_id
        FROM new, (VALUES ('week'), ('month')) AS period (kind) ORDER BY 1, 2, 3, 4
        ON CONFLICT DO NOTHING
      )
      INSERT INTO collector.people_day AS d (day, people) SELECT day, count(*) FROM new GROUP BY 1 ORDER BY 1
      ON CONFLICT (day) DO UPDATE SET people = d.people + excluded.people`,
  },
  roll_up_terms: {
    zoned: true,
    text: `INSERT INTO collector.term_day AS t (tenant_id, day, term, searches)
      SELECT tenant_id, ${DAY}, term, count(*) ${FROM} AND term IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      ON CONFLICT (tenant_id, day, term) DO UPDATE SET searches = t.searches + excluded.searches`,
  },
  roll_up_term_persons: {
    zoned: true,
    text: `INSERT INTO collector.term_person AS t (tenant_id, term, user_id, last_day)
      SELECT tenant_id, term, user_id, max(${DAY}) ${FROM} AND term IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      ON CONFLICT (tenant_id, term, user_id) DO UPDATE SET last_day = excluded.last_day
      WHERE t.last_day < excluded.last_day`,
  },
  roll_up_profiles: {
    zoned: true,
    text: `INSERT INTO collector.profile_day AS p (tenant_id, day, profile_id, views)
      SELECT tenant_id, ${DAY}, subject_id, count(*) ${FROM} AND kind = 'profile_view' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      ON CONFLICT (tenant_id, day, profile_id) DO UPDATE SET views = p.views + excluded.views`,
  },
  roll_up_profile_persons: {
    zoned: true,
    text: `INSERT INTO collector.profile_person AS p (tenant_id, profile_id, user_id, last_day)
      SELECT tenant_id, subject_id, user_id, max(${DAY}) ${FROM} AND kind = 'profile_view'
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      ON CONFLICT (tenant_id, profile_id, user_id) DO UPDATE SET last_day = excluded.last_day
      WHERE p.last_day < excluded.last_day`,
  },
  roll_up_tenants: {
    zoned: false,
    text: `INSERT INTO collector.tenant AS t (tenant_id, changed_at) SELECT DISTINCT tenant_id, now() ${FROM} ORDER BY 1
      ON CONFLICT (tenant_id) DO UPDATE SET changed_at = excluded.changed_at`,
  },
  roll_up_done: { zoned: false, text: "UPDATE usage_batch SET counted_at = now() WHERE number = ANY ($1)" },
};

/** Counts some batches. @returns how many batches and events; none when nothing is left */
async function countSome({ query }: Queries, timeZone: string): Promise<Omit<RolledUp, "lagSeconds">> {
  const { rows } = await query<{ number: string; events: number }>("roll_up_take", TAKE);
  const numbers = rows.map(({ number }) => number);
  if (numbers.length > 0) {
    for (const [name, { text, zoned }] of Object.entries(COUNT)) {
      await query(name, text, zoned ? [numbers, timeZone] : [numbers]);
    }
  }
  return { batches: numbers.length, events: rows.reduce((sum, { events }) => sum + events, 0) };
}

/**
 * Adds stored events to the figures, each exactly once, the oldest batches first, for about half a second.
 *
 * @param timeZone IANA name; what a day is
 * @param budgetMs no further transaction begins after it
 */
export async function rollUp(
  database: Database,
  timeZone: string,
  signal: AbortSignal,
  budgetMs = BUDGET_MS,
): Promise<RolledUp> {
  const startMs = performance.now();
  let batches = 0;
  let events = 0;
  while (!signal.aborted && performance.now() - startMs < budgetMs) {
    const counted = await database.transaction((queries) => countSome(queries, timeZone));
    if (counted.batches === 0) break;
    batches += counted.batches;
    events += counted.events;
  }
  const { rows } = await database.query<{ lag: string | null }>(
    "roll_up_lag",
    "SELECT extract(epoch FROM now() - min(stored_at)) AS lag FROM usage_batch WHERE counted_at IS NULL",
  );
  return { batches, events, lagSeconds: Math.max(0, Number(rows[0]?.lag ?? 0)) };
}
