import type { Queries } from "@watchkeeper/exporters/database";
import type { Destinations } from "../routes.ts";
import type { Target } from "./directory.ts";

/** After this time without a provider that took the page, the person's next channel is tried beside it. */
export const NEXT_CHANNEL_MS = 20_000;

/** What a person can bear in a minute; what is beyond waits, most urgent first, and is asked again whether it is wanted. */
export const PAGES_A_MINUTE = 3;

export interface FiredLevel {
  readonly incidentId: string;
  readonly run: number;
  readonly round: number;
  readonly level: number;
  readonly reason: "escalation" | "catch-all" | "test";
}

/** Those who can be told, and those that have no channel that is set up. */
export function usableOf(
  targets: readonly Target[],
  destinations: Destinations,
): { readonly told: readonly string[]; readonly unreachable: readonly string[] } {
  const isUsable = ({ contacts }: Target): boolean =>
    contacts.some(({ channel }) => destinations.get(channel)?.reaches.includes("people"));
  const names = (people: readonly Target[]): readonly string[] => [
    ...new Set(people.map(({ person }) => person)),
  ];
  return {
    told: names(targets.filter(isUsable)),
    unreachable: names(targets.filter((target) => !isUsable(target))),
  };
}

/**
 * Writes down whom levels tell and by which channels. The first channel of a person is used at once, in each later
 * round one more at once; the others wait for their turn.
 */
export async function notifyAll(
  tx: Queries,
  levels: readonly { readonly fired: FiredLevel; readonly targets: readonly Target[] }[],
  destinations: Destinations,
): Promise<void> {
  const rows = levels.flatMap(({ fired, targets }) =>
    targets.flatMap(({ person, contacts }) =>
      contacts
        .filter(({ channel }) => destinations.get(channel)?.reaches.includes("people"))
        .map(({ channel, address }, position) => ({
          incidentId: fired.incidentId,
          run: fired.run,
          round: fired.round,
          level: fired.level,
          person,
          position,
          destination: `${channel}:${address}`,
          minIntervalMs: destinations.get(channel)?.minIntervalMs ?? 0,
          afterMs: Math.max(0, position - fired.round) * NEXT_CHANNEL_MS,
          reason: position > fired.round && fired.reason === "escalation" ? "next-channel" : fired.reason,
        })),
    ),
  );
  if (rows.length === 0) return;
  // An upsert locks the rows that it leaves as they are: replicas would wait for each other, and messages for both.
  await tx.query(
    "register-people",
    `INSERT INTO destination (name, min_interval, person)
     SELECT DISTINCT ON (destination) destination, "minIntervalMs" * interval '1 millisecond', person
     FROM jsonb_to_recordset($1::jsonb) AS r(destination text, "minIntervalMs" double precision, person text)
     WHERE NOT EXISTS (SELECT 1 FROM destination d WHERE d.name = r.destination
       AND (d.min_interval, d.person) IS NOT DISTINCT FROM ("minIntervalMs" * interval '1 millisecond', r.person))
     ORDER BY destination
     ON CONFLICT (name) DO UPDATE SET min_interval = excluded.min_interval, person = excluded.person
       WHERE (destination.min_interval, destination.person)
         IS DISTINCT FROM (excluded.min_interval, excluded.person)`,
    [JSON.stringify(rows)],
  );
  await tx.query(
    "write-notifications",
    `INSERT INTO notification (incident_id, run, round, level, person, position, destination, reason, due_at)
     SELECT r."incidentId", r.run, r.round, r.level, r.person, r.position, r.destination, r.reason,
       pager_now() + r."afterMs" * interval '1 millisecond'
     FROM jsonb_to_recordset($1::jsonb) AS r("incidentId" uuid, run integer, round integer, level integer, person text,
       position integer, destination text, reason text, "afterMs" double precision)
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

interface QueuedRow {
  id: string;
  destination: string;
}

/** An earlier channel's provider has taken the page of the notification `n`. */
const TAKEN = `SELECT 1 FROM notification earlier JOIN delivery d ON d.notification_id = earlier.id AND d.state = 'sent'
  WHERE (earlier.incident_id, earlier.run, earlier.round, earlier.level, earlier.person)
      = (n.incident_id, n.run, n.round, n.level, n.person) AND earlier.position < n.position`;

/**
 * Gives up what waits and is not wanted any more: where an earlier channel's provider has taken the page in the
 * meantime, the next one is left alone, and nobody is asked about what somebody looks after.
 */
export async function cancelAnswered(tx: Queries): Promise<void> {
  await tx.query(
    "cancel-answered-notifications",
    `UPDATE notification n SET state = 'cancelled'
     WHERE n.state = 'waiting' AND (
       (n.reason = 'next-channel' AND EXISTS (${TAKEN}))
       OR EXISTS (SELECT 1 FROM incident i WHERE i.id = n.incident_id AND i.state <> 'triggered'))`,
  );
}

/**
 * Turns notifications whose turn has come into deliveries: those that are due, and the next channel of a person whose
 * earlier one failed twice or was refused. Of somebody who had their pages of this minute none is looked at: thousands
 * may wait for a few people.
 *
 * @returns how many deliveries were written
 */
export async function queueNotifications(tx: Queries): Promise<number> {
  const { rows } = await tx.query<QueuedRow>(
    "queue-notifications",
    `WITH asked AS MATERIALIZED (
       SELECT person, count(*) AS pages FROM notification
       WHERE state = 'queued' AND reason <> 'test' AND queued_at > pager_now() - interval '1 minute' GROUP BY person
     ), hopeful AS MATERIALIZED (
       SELECT person FROM (SELECT DISTINCT person FROM notification WHERE state = 'waiting') waiting
       LEFT JOIN asked USING (person) WHERE coalesce(pages, 0) < $1
     ), turn AS (
       SELECT n.id, n.person, i.priority, n.created_at FROM hopeful
       JOIN notification n ON n.person = hopeful.person AND n.state = 'waiting' JOIN incident i ON i.id = n.incident_id
       WHERE i.state = 'triggered' AND CASE n.reason
         WHEN 'next-channel' THEN NOT EXISTS (${TAKEN}) AND EXISTS (
           SELECT 1 FROM notification earlier LEFT JOIN delivery d ON d.notification_id = earlier.id
           WHERE (earlier.incident_id, earlier.run, earlier.round, earlier.level, earlier.person)
               = (n.incident_id, n.run, n.round, n.level, n.person)
             AND earlier.position = n.position - 1 AND earlier.state = 'queued'
             AND (earlier.queued_at <= pager_now() - $2 * interval '1 millisecond' OR d.state = 'dead'
               OR (d.failures >= 2 AND d.state IN ('retry', 'ambiguous', 'leased'))))
         ELSE n.due_at <= pager_now() END
     ), ranked AS (
       SELECT id, row_number() OVER (PARTITION BY person ORDER BY priority, created_at, id) + coalesce(pages, 0) AS place
       FROM turn LEFT JOIN asked USING (person)
     ), chosen AS (
       SELECT n.id FROM notification n JOIN ranked USING (id) WHERE n.state = 'waiting' AND ranked.place <= $1
       FOR UPDATE OF n SKIP LOCKED
     )
     UPDATE notification n SET state = 'queued', queued_at = pager_now() FROM chosen
     WHERE n.id = chosen.id
     RETURNING n.id, n.destination`,
    [PAGES_A_MINUTE, NEXT_CHANNEL_MS],
  );
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  // Whoever has an unanswered page of this incident on its way hears of it by that one.
  const inserted = await tx.query(
    "enqueue-pages",
    `INSERT INTO delivery (incident_id, destination, kind, urgency, caused_at, notification_id)
     SELECT n.incident_id, n.destination,
       CASE WHEN EXISTS (SELECT 1 FROM delivery a WHERE a.incident_id = n.incident_id
         AND a.destination = n.destination AND a.kind = 'announce') THEN 'update' ELSE 'announce' END,
       array_position('{P0,P1,P2,P3}', i.priority) - 1,
       CASE WHEN n.run = 1 AND n.round = 0 AND n.level = 0 AND n.position = 0 THEN i.opened_at ELSE pager_now() END,
       n.id
     FROM notification n JOIN incident i ON i.id = n.incident_id
     WHERE n.id = ANY($1) AND NOT EXISTS (SELECT 1 FROM delivery u WHERE u.incident_id = n.incident_id
       AND u.destination = n.destination AND u.notification_id IS NOT NULL
       AND u.state IN ('pending', 'leased', 'retry', 'ambiguous'))
     ON CONFLICT DO NOTHING`,
    [ids],
  );
  return inserted.rowCount ?? 0;
}
