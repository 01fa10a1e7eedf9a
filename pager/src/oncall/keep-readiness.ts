import { labels } from "@watchkeeper/catalogue/labels";
import { pagerReadinessProblems } from "@watchkeeper/catalogue/metrics/pager";
import type { QueryRunner } from "@watchkeeper/exporters/database";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import { applyFacts } from "../incidents/apply-facts.ts";
import { notReady } from "../incidents/own-alerts.ts";
import type { Reach } from "../routes.ts";
import { loadReadiness } from "./load-readiness.ts";
import { isWorkingTime, readinessProblems } from "./readiness.ts";
import type { RosterSource } from "./roster-source.ts";

export interface ReadinessOptions {
  readonly database: QueryRunner;
  readonly source: Pick<RosterSource, "current" | "state">;
  readonly reach: Reach;
  readonly consoleUrl: string;
}

/** A new installation has this long to try its channels before anybody is asked about them. */
const GRACE_HOURS = 24;

/** A description that somebody reads; the API lists all. */
const TOLD = 10;

/**
 * Tells the owner of each team, in the team's working hours, what would keep a page from its people; and at any hour
 * that all is well again. In the first day of an installation nobody is asked. Told twice, by two replicas, it is the same fact.
 */
export async function tellOwners({ database, source, reach, consoleUrl }: ReadinessOptions): Promise<void> {
  const roster = source.current();
  const teams = Object.keys(roster.file.teams);
  if (teams.length === 0) return;
  const loaded = await loadReadiness(database, roster, reach.destinations);
  const problems = readinessProblems(loaded);
  const { rows } = await database.query<{ key: string }>(
    "open-readiness-incidents",
    "SELECT key FROM incident WHERE source = 'pager' AND alertname = 'PagerNotReady' AND state <> 'resolved'",
  );
  const open = new Set(rows.map(({ key }) => key));
  const mayAsk = await isSettledIn(database);
  const facts = teams.flatMap((team) => {
    const texts = problems.filter((problem) => problem.team === team).map(({ text }) => text);
    const told = texts.length > TOLD ? [...texts.slice(0, TOLD), `${texts.length - TOLD} more`] : texts;
    const fact = notReady({ team, problems: told, consoleUrl });
    const isOver = texts.length === 0;
    if (isOver) return open.has(fact.incidentKey) ? [fact] : [];
    const asks = mayAsk && isWorkingTime(roster, team, loaded.nowMs);
    return open.has(fact.incidentKey) || asks ? [fact] : [];
  });
  if (facts.length === 0) return;
  await database.transaction((tx) => applyFacts(tx, facts, { inboxId: null, receivedAt: null }, reach));
}

/** Whether the installation is past its first day. */
export async function isSettledIn(database: QueryRunner): Promise<boolean> {
  const { rows } = await database.query<{ settled: boolean }>(
    "installed-since",
    "SELECT coalesce(min(run_on) + $1 * interval '1 hour' <= pager_now(), true) AS settled FROM migration",
    [GRACE_HOURS],
  );
  return rows[0]?.settled ?? true;
}

/** Exports how many problems there are; absent while the database is away. */
export function exportReadiness(metrics: Metrics, { database, source, reach }: ReadinessOptions): void {
  metrics.gauge(pagerReadinessProblems, async (set) => {
    const problems = readinessProblems(await loadReadiness(database, source.current(), reach.destinations));
    for (const kind of labels.readiness_problem.values) {
      const count =
        kind === "file_not_used"
          ? Number(source.state().problem !== null)
          : problems.filter((problem) => problem.kind === kind).length;
      set({ readiness_problem: kind }, count);
    }
  });
}
