import type { Queries } from "@watchkeeper/exporters/database";
import { isAboutPaging } from "../incidents/own-alerts.ts";
import { pages } from "../incidents/priority.ts";
import { asksPeople } from "./decide-level.ts";
import type { Directory, RoutedIncident } from "./directory.ts";

export interface EscalatedIncident extends RoutedIncident {
  readonly id: string;
}

/**
 * Begins to ask people about incidents, from the first level, at once. Nobody is asked about what does not page, or
 * while an escalation of the incident is on its way. The caller holds the incidents' key locks.
 */
export async function beginEscalations(
  tx: Queries,
  directory: Directory,
  incidents: readonly EscalatedIncident[],
): Promise<void> {
  const rows = incidents.flatMap((incident) => {
    if (!pages(incident.priority) || isAboutPaging(incident.labels)) return [];
    const policy = directory.policyFor(incident);
    return asksPeople(policy) ? [{ incidentId: incident.id, policy }] : [];
  });
  if (rows.length === 0) return;
  await tx.query(
    "begin-escalations",
    `INSERT INTO escalation (incident_id, run, policy, due_at)
     SELECT r."incidentId", coalesce((SELECT max(run) FROM escalation e WHERE e.incident_id = r."incidentId"), 0) + 1,
       r.policy, pager_now()
     FROM jsonb_to_recordset($1::jsonb) AS r("incidentId" uuid, policy jsonb)
     WHERE NOT EXISTS (SELECT 1 FROM escalation e WHERE e.incident_id = r."incidentId" AND e.state = 'armed')
       AND NOT EXISTS (SELECT 1 FROM incident i WHERE i.id = r."incidentId" AND i.folded_into IS NOT NULL)
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

/** Asks nobody any more. The caller holds the incidents' key locks. */
export async function stopEscalations(
  tx: Queries,
  incidentIds: readonly string[],
  reason: "acknowledged" | "resolved" | "snoozed" | "suppressed",
): Promise<void> {
  if (incidentIds.length === 0) return;
  await tx.query(
    "stop-escalations",
    "UPDATE escalation SET state = 'stopped', reason = $2 WHERE incident_id = ANY($1) AND state <> 'stopped'",
    [incidentIds, reason],
  );
  await tx.query(
    "cancel-notifications",
    "UPDATE notification SET state = 'cancelled' WHERE incident_id = ANY($1) AND state = 'waiting'",
    [incidentIds],
  );
  await tx.query(
    "supersede-pages",
    `UPDATE delivery d SET state = 'superseded', reason = unwanted_because(d), finished_at = pager_now()
     WHERE incident_id = ANY($1) AND notification_id IS NOT NULL AND state IN ('pending', 'retry')
       AND unwanted_because(d) IS NOT NULL`,
    [incidentIds],
  );
}
