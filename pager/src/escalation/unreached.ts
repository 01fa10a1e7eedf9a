import type { QueryRunner } from "@watchkeeper/exporters/database";
import { applyFacts } from "../incidents/apply-facts.ts";
import { nobodyReached } from "../incidents/own-alerts.ts";
import type { Severity } from "../incidents/severity.ts";
import type { Reach } from "../routes.ts";

interface Row {
  number: string;
  alertname: string;
  severity: Severity;
  unreached: boolean;
}

/**
 * An incident that nobody answered is said once more, as an incident of its own and to the team's channels alone; it is
 * over when somebody acknowledges, or when the incident is over. What is written is compared with what should be, so
 * that a crash in between changes nothing.
 */
export async function tellOfUnreached(
  database: QueryRunner,
  reach: Reach,
  consoleUrl: string,
): Promise<void> {
  const { rows } = await database.query<Row>(
    "unreached-incidents",
    `WITH unreached AS (
       SELECT i.number, i.alertname FROM escalation e JOIN incident i ON i.id = e.incident_id
       WHERE e.state = 'exhausted' AND e.run = (SELECT max(run) FROM escalation l WHERE l.incident_id = i.id)
         AND i.state = 'triggered' AND i.snoozed_until IS NULL
     ), told AS (
       SELECT (labels ->> 'incident')::bigint AS number, labels ->> 'of' AS alertname FROM alert
       WHERE source = 'pager' AND labels ->> 'alertname' = 'PagerNobodyReached' AND status = 'firing'
     )
     SELECT coalesce(u.number, t.number) AS number, coalesce(u.alertname, t.alertname) AS alertname,
       u.number IS NOT NULL AS unreached
     FROM unreached u FULL JOIN told t USING (number) WHERE u.number IS NULL OR t.number IS NULL`,
  );
  if (rows.length === 0) return;
  const facts = rows.map(({ number, alertname, unreached }) =>
    nobodyReached({ number: Number(number), of: alertname, firing: unreached, consoleUrl }),
  );
  await database.transaction((tx) => applyFacts(tx, facts, { inboxId: null, receivedAt: null }, reach));
}
