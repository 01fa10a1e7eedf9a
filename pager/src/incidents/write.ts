import { randomUUID } from "node:crypto";
import type { Queries } from "@watchkeeper/exporters/database";
import type { ChannelName } from "../channels/channel-name.ts";
import type { Decision } from "./decide.ts";
import type { Observation } from "./observe.ts";
import type { Priority } from "./priority.ts";
import type { Severity } from "./severity.ts";

/** An incident after its decision was written, and what to tell people about it. */
export interface Settled {
  readonly id: string;
  readonly severity: Severity;
  readonly priority: Priority;
  readonly alertname: string;
  readonly service: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly news: "opened" | "changed" | "resolved";
  /** What the timeline says; undefined for changes that only a message shows. */
  readonly event: { readonly kind: string; readonly text: string } | undefined;
  /** It is worse than people were told: whoever acknowledged it did so for less. */
  readonly raised?: boolean;
  /** It speaks for many that change all the time: an update waits this long for more. */
  readonly updateAfterMs?: number;
  /** It pierces a storm: the people on call and these of the team's channels hear of it. */
  readonly only?: readonly ChannelName[];
}

const alertCount = (count: number): string => (count === 1 ? "1 alert fires" : `${count} alerts fire`);

function eventOf(decision: Exclude<Decision, { action: "none" }>): Settled["event"] {
  if (decision.action === "open") {
    return {
      kind: "opened",
      text: `opened as ${decision.firing.severity} (${decision.firing.priority}), ${alertCount(decision.firing.count)}`,
    };
  }
  if (decision.action === "resolve") return { kind: "resolved", text: "all alerts are resolved" };
  if (decision.reason === "severity-raised") {
    return {
      kind: "severity-raised",
      text: `raised from ${decision.incident.priority} to ${decision.priority}`,
    };
  }
  if (decision.reason === "alerts-changed") {
    return {
      kind: "alerts-changed",
      text: `${alertCount(decision.firing.count)}, before ${decision.incident.firing}`,
    };
  }
  // Words change with every value in a description; the message shows the newest.
  return undefined;
}

/** The row that a decision writes; null leaves the column as it is. */
function rowOf(
  { key }: Observation,
  decision: Exclude<Decision, { action: "none" }>,
  ids: ReadonlyMap<string, string> | undefined,
) {
  if (decision.action === "resolve") return { id: decision.incident.id, key, state: "resolved" };
  const { firing } = decision;
  const row = { key, state: "triggered", labels: firing.labels, firing: firing.count, ...firing.words };
  if (decision.action === "change")
    return { ...row, id: decision.incident.id, severity: decision.severity, priority: decision.priority };
  return {
    ...row,
    id: ids?.get(key) ?? randomUUID(),
    severity: firing.severity,
    priority: firing.priority,
    source: (JSON.parse(key) as string[])[0],
    alertname: firing.labels.alertname || "unnamed alert",
    service: firing.labels.service ?? "",
    startedAt: firing.startedAt,
  };
}

const RECORD = `jsonb_to_recordset($1::jsonb) AS r(id uuid, key text, state text, source text, alertname text,
  service text, severity text, priority text, "startedAt" timestamptz, summary text, description text, "runbookUrl" text,
  "dashboardUrl" text, "panelUrl" text, "logsUrl" text, labels jsonb, firing integer)`;

/** Writes the decisions, set by set, and returns the incidents that changed.
 *
 * @param ids of incidents that open, where people know them already
 */
export async function writeDecisions(
  tx: Queries,
  decided: readonly (readonly [Observation, Decision])[],
  ids?: ReadonlyMap<string, string>,
): Promise<readonly Settled[]> {
  const changes = decided.flatMap(([observation, decision]) =>
    decision.action === "none" ? [] : [{ decision, row: rowOf(observation, decision, ids) }],
  );
  if (changes.length === 0) return [];
  /** A statement for all decisions of a kind, and none where there are none: most bodies have one kind. */
  const write = async (action: Decision["action"], name: string, text: string): Promise<void> => {
    const rows = changes.filter(({ decision }) => decision.action === action).map(({ row }) => row);
    if (rows.length > 0) await tx.query(name, text, [JSON.stringify(rows)]);
  };

  await write(
    "open",
    "open-incidents",
    `INSERT INTO incident (id, key, source, alertname, service, severity, priority, started_at, summary, description,
       runbook_url, dashboard_url, panel_url, logs_url, labels, firing)
     SELECT id, key, source, alertname, service, severity, priority, "startedAt", summary, description, "runbookUrl",
       "dashboardUrl", "panelUrl", "logsUrl", labels, firing
     FROM ${RECORD}`,
  );
  await write(
    "change",
    "change-incidents",
    `UPDATE incident i SET version = version + 1, updated_at = pager_now(), severity = r.severity,
       state = CASE WHEN r.priority < i.priority THEN 'triggered' ELSE i.state END,
       acknowledged_at = CASE WHEN r.priority < i.priority THEN NULL ELSE i.acknowledged_at END,
       acknowledged_by = CASE WHEN r.priority < i.priority THEN NULL ELSE i.acknowledged_by END,
       acknowledged_until = CASE WHEN r.priority < i.priority THEN NULL ELSE i.acknowledged_until END,
       snoozed_until = CASE WHEN r.priority < i.priority THEN NULL ELSE i.snoozed_until END,
       priority = r.priority, firing = r.firing,
       summary = r.summary, description = r.description, runbook_url = r."runbookUrl",
       dashboard_url = r."dashboardUrl", panel_url = r."panelUrl", logs_url = r."logsUrl", labels = r.labels
     FROM ${RECORD} WHERE i.id = r.id`,
  );
  await write(
    "resolve",
    "resolve-incidents",
    `UPDATE incident i SET version = version + 1, updated_at = pager_now(), state = 'resolved',
       resolved_at = pager_now(), firing = 0
     FROM ${RECORD} WHERE i.id = r.id`,
  );
  await tx.query(
    "link-alerts",
    `UPDATE alert a SET incident_id = i.id FROM incident i
     WHERE i.id = ANY($1) AND i.state <> 'resolved' AND a.incident_key = i.key AND a.status = 'firing'
       AND a.incident_id IS DISTINCT FROM i.id`,
    [changes.map(({ row }) => row.id)],
  );
  return readSettled(tx, changes);
}

async function readSettled(
  tx: Queries,
  changes: readonly { decision: Exclude<Decision, { action: "none" }>; row: { id: string } }[],
): Promise<readonly Settled[]> {
  const { rows } = await tx.query<{
    id: string;
    severity: Severity;
    priority: Priority;
    alertname: string;
    service: string;
    labels: Record<string, string>;
  }>(
    "settled-incidents",
    "SELECT id, severity, priority, alertname, service, labels FROM incident WHERE id = ANY($1)",
    [changes.map(({ row }) => row.id)],
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  return changes.flatMap(({ decision, row }) => {
    const incident = found.get(row.id);
    if (!incident) return [];
    const news = ({ open: "opened", change: "changed", resolve: "resolved" } as const)[decision.action];
    const raised = decision.action === "change" && decision.reason === "severity-raised";
    return [{ ...incident, news, event: eventOf(decision), raised }];
  });
}
