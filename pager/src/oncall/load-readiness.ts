import type { Queries } from "@watchkeeper/exporters/database";
import type { Destinations } from "../routes.ts";
import { loadExceptions } from "./exceptions.ts";
import { COVERAGE_DAYS, type Reached, type ReadinessFacts } from "./readiness.ts";
import type { Roster } from "./roster.ts";
import { DAY_MS } from "./shifts.ts";

/** The database's present: the one clock of all decisions. */
export async function databaseNow(queries: Queries): Promise<Date> {
  const { rows } = await queries.query<{ now: Date }>("database-now", "SELECT pager_now() AS now");
  return rows[0]?.now ?? new Date();
}

/** What is known about each address that ever got a message. */
async function loadReached(queries: Queries): Promise<ReadonlyMap<string, Reached>> {
  const { rows } = await queries.query<Reached & { name: string }>(
    "reached-destinations",
    `SELECT t.name, t.failing_since AS "failingSince",
       (SELECT max(d.finished_at) FROM delivery d WHERE d.destination = t.name AND d.state = 'sent') AS "lastSentAt"
     FROM destination t`,
  );
  return new Map(rows.map(({ name, ...reached }) => [name, reached]));
}

/** Everything that readiness is judged by. */
export async function loadReadiness(
  queries: Queries,
  roster: Roster,
  destinations: Destinations,
): Promise<ReadinessFacts> {
  const nowMs = (await databaseNow(queries)).getTime();
  const [exceptions, reached] = await Promise.all([
    loadExceptions(queries, { fromMs: nowMs, toMs: nowMs + COVERAGE_DAYS * DAY_MS }),
    loadReached(queries),
  ]);
  return { roster, exceptions, destinations, reached, nowMs };
}
