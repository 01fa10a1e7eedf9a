import type { Database } from "../database/database.ts";
import { rollUp } from "../usage/roll-up.ts";
import { DEMO_ANSWERS, DEMO_EVENTS, DEMO_TICKETS } from "./history.ts";

/** How far back the made-up past goes: the last whole month, whatever day it is. */
export const DEMO_DAYS = 62;

/** Any constant: it keeps two collectors from seeding twice. */
const SEED_LOCK = 4_703_001;

/** `.example` belongs to nobody: tenants all of whose people have such an address are made up. */
const DEMO_TENANTS = `
  INSERT INTO collector.tenant (tenant_id, changed_at, demo)
  SELECT e.tenant_id, now(), true FROM employee e GROUP BY 1 HAVING bool_and(e.email LIKE '%.example') ORDER BY 1
  ON CONFLICT (tenant_id) DO UPDATE SET demo = true`;

const BATCHES = `
  WITH batches AS (
    INSERT INTO usage_batch (key, events)
    SELECT md5('demo ' || day)::uuid, count(*) FROM demo_event GROUP BY day ORDER BY day RETURNING number, key
  )
  INSERT INTO usage_event (batch, at, tenant_id, user_id, kind, term, subject_id)
  SELECT b.number, e.at, e.tenant_id, e.user_id, e.kind, e.term, e.subject_id
  FROM demo_event e JOIN batches b ON b.key = md5('demo ' || e.day)::uuid`;

/**
 * Gives the demo's tenants a past of two months: the same for the same days on every machine, marked as demo data.
 *
 * @returns whether it was needed, and how many events were made
 * @throws Error while the demo's tenants are not there yet
 */
export async function seedDemoHistory(
  database: Database,
  timeZone: string,
): Promise<{ readonly seeded: boolean; readonly events: number }> {
  const events = await database.transaction(async ({ query }) => {
    await query("demo_lock", "SELECT pg_advisory_xact_lock($1)", [SEED_LOCK]);
    const there = await query("demo_check", "SELECT FROM collector.tenant WHERE demo LIMIT 1");
    if (there.rowCount !== 0) return 0;
    const tenants = await query("demo_tenants", DEMO_TENANTS);
    if (tenants.rowCount === 0) throw new Error("Cannot make a demo's past as its tenants are not there yet");
    await query("demo_events", DEMO_EVENTS, [DEMO_DAYS, timeZone]);
    const stored = await query("demo_batches", BATCHES);
    await query("demo_answers", DEMO_ANSWERS, [DEMO_DAYS]);
    await query("demo_tickets", DEMO_TICKETS, [DEMO_DAYS]);
    return stored.rowCount ?? 0;
  });
  // The figures should be there at once; what is left after that, the roll-up takes as any other backlog.
  if (events > 0) await rollUp(database, timeZone, AbortSignal.timeout(30_000), 25_000);
  return { seeded: events > 0, events };
}
