import type { QueryRunner } from "@watchkeeper/exporters/database";
import { isSettledIn, type ReadinessOptions } from "./keep-readiness.ts";
import { databaseNow } from "./load-readiness.ts";
import { isWorkingTime, respondersOf } from "./readiness.ts";
import { sendTestPage } from "./send-test-page.ts";

/** Who sends them, as the message and the timeline say. */
export const WEEKLY_TEST = "the weekly test";

const EVERY_DAYS = 7;

/** People of a team that are asked in one minute: phones that ring one after the other, not all at once. */
const AT_ONCE = 1;

/**
 * Sends a page that only asks whether it arrives to everybody whom an escalation may ask, once a week, in the working
 * hours of their team and from the second day of an installation on. A page that somebody sent by hand counts. Of two
 * replicas one does it.
 */
export async function sendWeeklyTestPages(options: ReadinessOptions): Promise<void> {
  const { database, source, reach, consoleUrl } = options;
  const roster = source.current();
  const teams = Object.entries(roster.file.teams).filter(([, team]) => team.weeklyTestPage);
  if (teams.length === 0 || !(await isSettledIn(database))) return;
  const nowMs = (await databaseNow(database)).getTime();
  const working = new Set(teams.map(([name]) => name).filter((name) => isWorkingTime(roster, name, nowMs)));
  if (working.size === 0) return;
  const recent = await testedLately(database);
  const due = [...respondersOf(roster)].filter(
    (person) => working.has(roster.file.people[person]?.team ?? "") && !recent.has(person),
  );
  if (due.length === 0) return;
  await database.transaction(async (lock) => {
    const { rows } = await lock.query<{ ours: boolean }>(
      "lock-weekly-test",
      "SELECT pg_try_advisory_xact_lock(hashtextextended('weekly test page', 0)) AS ours",
    );
    if (!rows[0]?.ours) return;
    const still = await testedLately(database);
    let sent = 0;
    for (const person of due) {
      if (sent === AT_ONCE || still.has(person)) continue;
      // Whoever has no channel that is set up is a problem of readiness already.
      if (await sendTestPage({ database, roster, reach, consoleUrl }, person, WEEKLY_TEST)) sent += 1;
    }
  });
}

async function testedLately(database: QueryRunner): Promise<ReadonlySet<string>> {
  const { rows } = await database.query<{ person: string }>(
    "people-tested-lately",
    `SELECT DISTINCT labels ->> 'person' AS person FROM incident
     WHERE source = 'pager' AND alertname = 'PagerTestPage' AND opened_at > pager_now() - $1 * interval '1 day'`,
    [EVERY_DAYS],
  );
  return new Set(rows.map(({ person }) => person));
}
