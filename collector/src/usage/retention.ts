import { z } from "zod";
import type { Database } from "../database/database.ts";

/** For how many days what is known of single people is kept. Hourly sums have nobody in them and stay for over a year. */
export const KEPT_DAYS = { events: 35, people: 100, hours: 400, imports: 400 } as const;

/** Rows of one statement and one run: what is left waits for the next. */
const ROWS = 10_000;
const BUDGET_MS = 500;

const DELETE: Readonly<Record<string, string>> = {
  // Their events go with them.
  events: `DELETE FROM usage_batch WHERE number IN (
    SELECT number FROM usage_batch WHERE counted_at < now() - interval '${KEPT_DAYS.events} days' LIMIT 20)`,
  terms: deleteOf("term_day", "day", KEPT_DAYS.events),
  termPeople: deleteOf("term_person", "last_day", KEPT_DAYS.events),
  profiles: deleteOf("profile_day", "day", KEPT_DAYS.events),
  profilePeople: deleteOf("profile_person", "last_day", KEPT_DAYS.events),
  personDays: deleteOf("person_day", "day", KEPT_DAYS.people),
  personPeriods: deleteOf("person_period", "first_day", KEPT_DAYS.people),
  peopleDays: deleteOf("people_day", "day", KEPT_DAYS.hours),
  persons: deleteOf("person", "last_at", KEPT_DAYS.people),
  hours: deleteOf("usage_hour", "hour", KEPT_DAYS.hours),
  tickets: deleteOf("ticket", "resolved_at", KEPT_DAYS.imports),
  answers: deleteOf("nps_response", "answered_at", KEPT_DAYS.imports),
};

function deleteOf(table: string, column: string, days: number): string {
  return `DELETE FROM collector.${table} WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM collector.${table} WHERE ${column} < now() - interval '${days} days' LIMIT ${ROWS}))`;
}

/** How many rows went, by what they were. */
export const deletedSchema = z.record(z.string(), z.number().int().min(0));

/** Deletes what has been kept for long enough, for about half a second. */
export async function deleteOld(
  database: Pick<Database, "query">,
  signal: AbortSignal,
): Promise<z.infer<typeof deletedSchema>> {
  const startMs = performance.now();
  const deleted: Record<string, number> = {};
  let more = true;
  while (more && !signal.aborted && performance.now() - startMs < BUDGET_MS) {
    more = false;
    for (const [what, text] of Object.entries(DELETE)) {
      const { rowCount } = await database.query(`retention_${what}`, text);
      deleted[what] = (deleted[what] ?? 0) + (rowCount ?? 0);
      more ||= (rowCount ?? 0) > 0;
    }
  }
  return deleted;
}
