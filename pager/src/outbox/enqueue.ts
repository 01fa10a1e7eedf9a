import type { Queries } from "@watchkeeper/exporters/database";
import type { ChannelName } from "../channels/channel-name.ts";
import { rankOf } from "../incidents/priority.ts";
import type { Settled } from "../incidents/write.ts";
import { type Destinations, destinationsFor } from "../routes.ts";

/** Deliveries that something else made pointless, with their number. */
export interface Superseded {
  readonly channel: ChannelName;
  readonly count: number;
}

/**
 * Names the destinations to the database, so that deliveries and rates have a row to hang on, and gives up what still
 * waits for a channel that is not set up any more.
 */
export async function registerDestinations(
  queries: Queries,
  channels: ReadonlyMap<
    ChannelName,
    {
      readonly name: ChannelName;
      readonly minIntervalMs: number;
      readonly reaches: readonly ("team" | "people")[];
    }
  >,
): Promise<void> {
  for (const { name, minIntervalMs, reaches } of channels.values()) {
    if (!reaches.includes("team")) continue;
    await queries.query(
      "register-destination",
      `INSERT INTO destination (name, min_interval) VALUES ($1, $2 * interval '1 millisecond')
       ON CONFLICT (name) DO UPDATE SET min_interval = excluded.min_interval`,
      [name, minIntervalMs],
    );
  }
  await queries.query(
    "retire-destinations",
    `UPDATE delivery SET state = 'superseded', reason = 'channel-off', finished_at = pager_now()
     FROM destination dest WHERE dest.name = delivery.destination AND dest.channel <> ALL ($1) AND state IN ('pending', 'retry', 'ambiguous')`,
    [[...channels.keys()]],
  );
}

const INSERT = `INSERT INTO delivery (incident_id, destination, kind, urgency, caused_at)`;
const WANTED = `jsonb_to_recordset($1::jsonb) AS r("incidentId" uuid, destination text, kind text, urgency smallint,
  "afterMs" double precision)`;

/**
 * Writes the outbox rows that the news about incidents asks for, in the transaction that made the news: an
 * announcement once for each destination of its severity, an update where the destination shows updates, and a
 * resolution where an announcement has left or may have.
 */
export async function enqueueDeliveries(
  tx: Queries,
  settled: readonly Settled[],
  causedAt: Date | null,
  destinations: Destinations,
): Promise<readonly Superseded[]> {
  if (settled.length === 0) return [];
  const open = settled.filter(({ news }) => news !== "resolved");
  const announcements = open.flatMap((incident) =>
    destinationsFor(incident, destinations).flatMap((destination) =>
      incident.only?.includes(destination) === false
        ? []
        : [
            {
              incidentId: incident.id,
              destination,
              kind: "announce",
              urgency: rankOf(incident.priority),
              afterMs: incident.updateAfterMs ?? 0,
            },
          ],
    ),
  );
  const updates = announcements
    .filter(({ destination }) => destinations.get(destination)?.showsUpdates)
    .filter(({ incidentId }) => open.some(({ id, news }) => id === incidentId && news === "changed"))
    .map((row) => ({ ...row, kind: "update" }));

  if (updates.length > 0) {
    // An announcement that has not left yet will show the change itself.
    await tx.query(
      "enqueue-updates",
      `INSERT INTO delivery (incident_id, destination, kind, urgency, caused_at, due_at)
       SELECT r."incidentId", r.destination, r.kind, r.urgency, coalesce($2, pager_now()),
         pager_now() + r."afterMs" * interval '1 millisecond' FROM ${WANTED}
       WHERE EXISTS (SELECT 1 FROM delivery a WHERE a.incident_id = r."incidentId"
           AND a.destination = r.destination AND a.kind = 'announce'
           AND (a.state IN ('sent', 'leased') OR a.may_have_arrived))
         AND NOT EXISTS (SELECT 1 FROM delivery u WHERE u.incident_id = r."incidentId"
           AND u.destination = r.destination AND u.kind = 'update' AND u.state IN ('pending', 'retry', 'ambiguous'))`,
      [JSON.stringify(updates), causedAt],
    );
  }
  if (announcements.length > 0) {
    await tx.query(
      "raise-urgency",
      `UPDATE delivery d SET urgency = r.urgency FROM ${WANTED}
       WHERE d.incident_id = r."incidentId" AND d.urgency > r.urgency AND d.state IN ('pending', 'retry', 'ambiguous')`,
      [JSON.stringify(announcements)],
    );
    await tx.query(
      "enqueue-announcements",
      `${INSERT} SELECT r."incidentId", r.destination, r.kind, r.urgency, coalesce($2, pager_now()) FROM ${WANTED}
       WHERE NOT EXISTS (SELECT 1 FROM incident i WHERE i.id = r."incidentId" AND i.folded_into IS NOT NULL)
       ON CONFLICT (incident_id, destination, kind) WHERE kind <> 'update' DO NOTHING`,
      [JSON.stringify(announcements), causedAt],
    );
  }
  const resolved = settled.filter(({ news }) => news === "resolved").map(({ id }) => id);
  return resolved.length === 0 ? [] : enqueueResolutions(tx, resolved, causedAt);
}

async function enqueueResolutions(
  tx: Queries,
  incidentIds: readonly string[],
  causedAt: Date | null,
): Promise<readonly Superseded[]> {
  await tx.query(
    "enqueue-resolutions",
    `${INSERT} SELECT incident_id, destination, 'resolve', urgency, coalesce($2, pager_now()) FROM delivery
     WHERE incident_id = ANY($1) AND kind = 'announce' AND (state IN ('sent', 'leased') OR may_have_arrived)
     ON CONFLICT (incident_id, destination, kind) WHERE kind <> 'update' DO NOTHING`,
    [incidentIds, causedAt],
  );
  const { rows } = await tx.query<{ channel: ChannelName }>(
    "supersede-deliveries",
    `UPDATE delivery d SET state = 'superseded', reason = unwanted_because(d), finished_at = pager_now()
     WHERE incident_id = ANY($1) AND state IN ('pending', 'retry', 'ambiguous') AND unwanted_because(d) IS NOT NULL
     RETURNING split_part(destination, ':', 1) AS channel`,
    [incidentIds],
  );
  const counts = new Map<ChannelName, number>();
  for (const { channel } of rows) counts.set(channel, (counts.get(channel) ?? 0) + 1);
  return [...counts].map(([channel, count]) => ({ channel, count }));
}
