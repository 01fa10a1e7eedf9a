import type { Queries } from "@watchkeeper/exporters/database";
import type { Firing, OpenIncident, Words } from "./decide.ts";
import type { Priority } from "./priority.ts";
import type { Severity } from "./severity.ts";

/** What one key's alerts and its open incident, if there is one, say now. */
export interface Observation {
  readonly key: string;
  readonly incident: OpenIncident | undefined;
  readonly firing: Firing | undefined;
}

interface IncidentRow {
  id: string;
  key: string;
  severity: Severity;
  priority: Priority;
  firing: number;
  summary: string;
  description: string;
  runbook_url: string | null;
  dashboard_url: string | null;
  panel_url: string | null;
  logs_url: string | null;
}

interface FiringRow {
  incident_key: string;
  severity: Severity;
  priority: Priority;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  firing: number;
  started_at: Date;
}

/** A link is shown to people in the middle of the night: only what a browser would open as a page. */
function webUrl(text: string | undefined): string | null {
  if (text === undefined || !URL.canParse(text)) return null;
  return /^https?:$/.test(new URL(text).protocol) ? text : null;
}

const wordsOf = (annotations: Readonly<Record<string, string>>): Words => ({
  summary: annotations.summary ?? "",
  description: annotations.description ?? annotations.message ?? "",
  runbookUrl: webUrl(annotations.runbook_url),
  dashboardUrl: webUrl(annotations.dashboard_url),
  panelUrl: webUrl(annotations.panel_url),
  logsUrl: webUrl(annotations.logs_url),
});

/** Locks the keys until the transaction ends, in one order for everybody. */
export async function lockKeys(tx: Queries, keys: readonly string[]): Promise<void> {
  await tx.query(
    "add-incident-keys",
    "INSERT INTO incident_key (key) SELECT unnest($1::text[]) ORDER BY 1 ON CONFLICT DO NOTHING",
    [keys],
  );
  await tx.query(
    "lock-incident-keys",
    "SELECT 1 FROM incident_key WHERE key = ANY($1) ORDER BY key FOR NO KEY UPDATE",
    [keys],
  );
}

/** Reads what the decision about each key needs. The keys must be locked. */
export async function observe(tx: Queries, keys: readonly string[]): Promise<readonly Observation[]> {
  const incidents = await tx.query<IncidentRow>(
    "open-incidents-of-keys",
    `SELECT id, key, severity, priority, firing, summary, description, runbook_url, dashboard_url,
       panel_url, logs_url
     FROM incident WHERE key = ANY($1) AND state <> 'resolved'`,
    [keys],
  );
  const alerts = await tx.query<FiringRow>(
    "firing-alerts-of-keys",
    `SELECT DISTINCT ON (incident_key) incident_key, severity, level AS priority, labels, annotations,
       (count(*) OVER key)::integer AS firing, min(starts_at) OVER key AS started_at
     FROM (SELECT *, coalesce(priority, CASE severity WHEN 'ticket' THEN 'P2' WHEN 'info' THEN 'P3' ELSE 'P1' END) AS level
       FROM alert) a WHERE incident_key = ANY($1) AND status = 'firing'
     WINDOW key AS (PARTITION BY incident_key)
     ORDER BY incident_key, level, starts_at, fingerprint`,
    [keys],
  );
  const incidentOf = new Map(incidents.rows.map((row) => [row.key, row]));
  const firingOf = new Map(alerts.rows.map((row) => [row.incident_key, row]));
  return keys.map((key) => {
    const incident = incidentOf.get(key);
    const firing = firingOf.get(key);
    return {
      key,
      incident: incident && {
        id: incident.id,
        severity: incident.severity,
        priority: incident.priority,
        firing: incident.firing,
        words: {
          summary: incident.summary,
          description: incident.description,
          runbookUrl: incident.runbook_url,
          dashboardUrl: incident.dashboard_url,
          panelUrl: incident.panel_url,
          logsUrl: incident.logs_url,
        },
      },
      firing: firing && {
        severity: firing.severity,
        priority: firing.priority,
        count: firing.firing,
        startedAt: firing.started_at,
        labels: firing.labels,
        words: wordsOf(firing.annotations),
      },
    };
  });
}
