import type { Queries } from "@watchkeeper/exporters/database";
import type { ChannelName } from "../channels/channel-name.ts";
import { asksPeople } from "../escalation/decide-level.ts";
import { mergeFacts } from "../incidents/alerts.ts";
import { decideIncident } from "../incidents/decide.ts";
import { lockKeys, observe } from "../incidents/observe.ts";
import { isNeverFolded, stormBlows } from "../incidents/own-alerts.ts";
import { type Priority, pages, rankOf } from "../incidents/priority.ts";
import { recordEvents } from "../incidents/timeline.ts";
import { type Settled, writeDecisions } from "../incidents/write.ts";
import { destinationsFor, type Reach } from "../routes.ts";
import { decideStorm, type NewIncident, STORM_UPDATE_MS, type StormDecision } from "./decide-storm.ts";

/** Where a piercing incident shows beside the pages to people. */
const PIERCING_CHANNELS: readonly ChannelName[] = ["slack"];

const MAX_NAMES = 50;

interface StormRow {
  id: string;
  folded: number;
  names: Record<string, number>;
  priority: Priority;
}

/**
 * Folds new incidents into their route's storm, if there is one, or they make one. The incidents' keys are locked.
 *
 * @returns what people are to be told: what is not folded, and the storm's own incident
 */
export async function foldStorms(
  tx: Queries,
  reach: Reach,
  settled: readonly Settled[],
): Promise<readonly Settled[]> {
  await unfoldWorse(tx, settled);
  const opened = settled.filter((incident) => incident.news === "opened" && !isNeverFolded(incident));
  if (opened.length === 0) return settled;
  const routeOf = new Map(opened.map((incident) => [incident.id, reach.directory.policyFor(incident)]));
  const routes = [...new Set([...routeOf.values()].map(({ id }) => id))].sort();
  await tx.query(
    "name-routes",
    `UPDATE incident i SET policy_id = r.route FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, route text)
     WHERE i.id = r.id`,
    [JSON.stringify([...routeOf].map(([id, policy]) => ({ id, route: policy.id })))],
  );
  const folded = new Set<string>();
  const piercing = new Set<string>();
  const storms: Settled[] = [];
  for (const route of routes) {
    const ours = opened.filter(({ id }) => routeOf.get(id)?.id === route);
    const incidents = ours.map((incident): NewIncident => {
      const policy = routeOf.get(incident.id);
      const asks = policy !== undefined && asksPeople(policy) && pages(incident.priority);
      const { id, priority, service } = incident;
      return {
        id,
        priority,
        service,
        messages: destinationsFor(incident, reach.destinations).length + (asks ? 1 : 0),
      };
    });
    // What nobody is told of makes no storm, and waits for no other body of its route.
    if (incidents.every(({ messages }) => messages === 0)) continue;
    const { storm, decision } = await readWeather(tx, route, incidents);
    for (const id of decision.fold) folded.add(id);
    for (const id of decision.pierce) piercing.add(id);
    if (decision.fold.length > 0) {
      const joining = ours.filter(({ id }) => folded.has(id));
      storms.push(...(await growStorm(tx, reach, route, storm, joining)));
    }
  }
  return [
    ...settled
      .filter(({ id }) => !folded.has(id))
      .map((incident) => (piercing.has(incident.id) ? { ...incident, only: PIERCING_CHANNELS } : incident)),
    ...storms,
  ];
}

/** One of a storm that has become the worst there is is told by itself. */
async function unfoldWorse(tx: Queries, settled: readonly Settled[]): Promise<void> {
  const worse = settled.filter(({ raised, priority }) => raised && priority === "P0").map(({ id }) => id);
  if (worse.length === 0) return;
  await tx.query("unfold-incidents", "UPDATE incident SET folded_into = NULL WHERE id = ANY($1)", [worse]);
}

/** Whoever reads the weather of a route holds it until the transaction ends: two replicas count one after the other. */
async function readWeather(
  tx: Queries,
  route: string,
  incidents: readonly NewIncident[],
): Promise<{ storm: StormRow | undefined; decision: StormDecision }> {
  await tx.query("lock-route", "SELECT pg_advisory_xact_lock(hashtextextended('storm ' || $1, 0))", [route]);
  const storms = await tx.query<StormRow>(
    "open-storm",
    `SELECT s.id, s.folded, s.names, i.priority FROM storm s JOIN incident i ON i.id = s.incident_id
     WHERE s.route = $1 AND s.closed_at IS NULL`,
    [route],
  );
  const ids = incidents.map(({ id }) => id);
  const { rows } = await tx.query<{
    incidents: number;
    messages: number;
    p0_services: string[] | null;
    pierced: number;
  }>(
    "weather-of-route",
    `SELECT count(*) FILTER (WHERE recent AND messages > 0)::integer AS incidents,
       coalesce(sum(messages) FILTER (WHERE recent), 0)::integer AS messages,
       array_agg(DISTINCT service) FILTER (WHERE priority = 'P0') AS p0_services,
       count(*) FILTER (WHERE recent AND priority = 'P0')::integer AS pierced
     FROM (SELECT i.service, i.priority, i.opened_at BETWEEN pager_now() - interval '1 minute' AND pager_now() AS recent,
         (SELECT count(*) FROM delivery d WHERE d.incident_id = i.id AND d.kind = 'announce')
         + (SELECT count(*) FROM escalation e WHERE e.incident_id = i.id AND e.run = 1) AS messages
       FROM incident i WHERE i.policy_id = $1 AND i.folded_into IS NULL AND i.severity <> 'info' AND i.id <> ALL ($2)
         AND (i.opened_at > pager_now() - interval '1 minute' OR (i.state <> 'resolved' AND i.priority = 'P0'))) seen`,
    [route, ids],
  );
  const storm = storms.rows[0];
  const weather = {
    storm: storm !== undefined,
    messages: rows[0]?.messages ?? 0,
    incidents: rows[0]?.incidents ?? 0,
    p0Services: rows[0]?.p0_services ?? [],
    pierced: rows[0]?.pierced ?? 0,
  };
  return { storm, decision: decideStorm(weather, incidents) };
}

async function growStorm(
  tx: Queries,
  reach: Reach,
  route: string,
  storm: StormRow | undefined,
  joining: readonly Settled[],
): Promise<readonly Settled[]> {
  const names: Record<string, number> = { ...storm?.names };
  for (const { alertname, service } of joining) {
    const name = service ? `${alertname} (${service})` : alertname;
    if (name in names || Object.keys(names).length < MAX_NAMES) names[name] = (names[name] ?? 0) + 1;
  }
  const folded = (storm?.folded ?? 0) + joining.length;
  const priority = joining.reduce<Priority>(
    (worst, incident) => (rankOf(incident.priority) < rankOf(worst) ? incident.priority : worst),
    storm?.priority ?? "P3",
  );
  const fact = stormBlows({ route, folded, names, priority, firing: true, consoleUrl: reach.consoleUrl });
  await lockKeys(tx, [fact.incidentKey]);
  await mergeFacts(tx, [fact], { inboxId: null, receivedAt: null });
  const [seen] = await observe(tx, [fact.incidentKey]);
  if (!seen) return [];
  const settled = await writeDecisions(tx, [[seen, decideIncident(seen.incident, seen.firing)]]);
  const incidentId = settled[0]?.id ?? seen.incident?.id;
  if (incidentId === undefined) return [];
  await tx.query(
    storm ? "grow-storm" : "open-storm-row",
    storm
      ? `UPDATE storm SET incident_id = $2, folded = $3, names = $4, grew_at = pager_now()
         WHERE route = $1 AND closed_at IS NULL`
      : "INSERT INTO storm (route, incident_id, folded, names) VALUES ($1, $2, $3, $4)",
    [route, incidentId, folded, JSON.stringify(names)],
  );
  await tx.query("fold-incidents", "UPDATE incident SET folded_into = $2 WHERE id = ANY($1)", [
    joining.map(({ id }) => id),
    incidentId,
  ]);
  await recordEvents(tx, [
    ...settled.flatMap(({ id, event }) => (event ? [{ incidentId: id, ...event }] : [])),
    ...joining.map(({ id }) => ({
      incidentId: id,
      kind: "folded",
      text: "one of many: the storm's incident speaks for it",
    })),
  ]);
  return settled.map((incident) => ({ ...incident, updateAfterMs: STORM_UPDATE_MS }));
}
