import type { Queries } from "@watchkeeper/exporters/database";

/** One line of an incident's history. It is written once and never changed. */
export interface IncidentEvent {
  readonly incidentId: string;
  readonly kind: string;
  readonly text: string;
  /** Who did it and by which way; undefined for what the pager did by itself. */
  readonly actor?: string;
  readonly source?: string;
}

/** Appends to the timelines, in order. */
export async function recordEvents(tx: Queries, events: readonly IncidentEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    "record-events",
    `INSERT INTO incident_event (incident_id, kind, text, actor, source)
     SELECT ("event" ->> 'incidentId')::uuid, "event" ->> 'kind', "event" ->> 'text', "event" ->> 'actor',
       "event" ->> 'source'
     FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS e("event", position) ORDER BY position`,
    [JSON.stringify(events)],
  );
}
