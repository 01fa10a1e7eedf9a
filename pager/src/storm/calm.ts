import type { QueryRunner } from "@watchkeeper/exporters/database";
import { applyFacts } from "../incidents/apply-facts.ts";
import { stormBlows } from "../incidents/own-alerts.ts";
import type { Priority } from "../incidents/priority.ts";
import type { Reach } from "../routes.ts";
import { QUIET_MS } from "./decide-storm.ts";

/**
 * Ends storms that have not grown for a while, so that new incidents are told one by one again. The storm's incident is
 * over only when all those it speaks for are: nobody else has told of them.
 */
export async function calmStorms(database: QueryRunner, reach: Reach): Promise<void> {
  await database.query(
    "close-storms",
    `UPDATE storm SET closed_at = pager_now()
     WHERE closed_at IS NULL AND grew_at <= pager_now() - $1 * interval '1 millisecond'`,
    [QUIET_MS],
  );
  const { rows } = await database.query<{ route: string; folded: number; priority: Priority }>(
    "spent-storms",
    `SELECT s.route, s.folded, i.priority FROM storm s JOIN incident i ON i.id = s.incident_id
     WHERE s.closed_at IS NOT NULL AND i.state <> 'resolved'
       AND NOT EXISTS (SELECT 1 FROM incident f WHERE f.folded_into = s.incident_id AND f.state <> 'resolved')`,
  );
  if (rows.length === 0) return;
  const facts = rows.map(({ route, folded, priority }) =>
    stormBlows({ route, folded, names: {}, priority, firing: false, consoleUrl: reach.consoleUrl }),
  );
  await database.transaction((tx) => applyFacts(tx, facts, { inboxId: null, receivedAt: null }, reach));
}
