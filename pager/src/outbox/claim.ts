import type { Queries } from "@watchkeeper/exporters/database";
import type { ChannelName } from "../channels/channel-name.ts";

/** A delivery that is ours until the lease ends; the token proves it. */
export interface Claim {
  readonly deliveryId: string;
  readonly token: number;
  /** The destination's name: the channel's, or the channel's and a person's address. */
  readonly destination: string;
  readonly channel: ChannelName;
}

/** How long a claim holds: a page's successor is to be quick. */
export interface Lease {
  readonly pageMs: number;
  readonly otherMs: number;
}

/**
 * Claims the delivery that matters most of those that may leave now: the most urgent, news before follow-ups, then
 * the oldest.
 *
 * The destination's row is locked for the length of this statement, which spaces messages by its rate over all
 * replicas. A delivery whose lease ran out is free again: if its attempt had begun, the message may have arrived.
 * Within one incident and destination only the oldest unfinished delivery is eligible, so that nothing is resolved
 * before it was announced; a failing incident never holds up another one.
 *
 * @param leases of each channel, by name; also says which channels are asked
 */
export async function claimDelivery(
  queries: Queries,
  leases: Readonly<Partial<Record<ChannelName, Lease>>>,
): Promise<Claim | undefined> {
  const { rows } = await queries.query<{
    id: string;
    token: number;
    destination: string;
    channel: ChannelName;
  }>(
    "claim-delivery",
    `WITH candidate AS (
       SELECT d.id, dest.name, dest.channel FROM destination dest CROSS JOIN LATERAL (
         SELECT d.id, d.urgency, d.kind <> 'announce' AND d.notification_id IS NULL AS is_follow_up, d.sequence FROM delivery d
         WHERE d.destination = dest.name AND d.state IN ('pending', 'leased', 'retry', 'ambiguous')
           AND CASE d.state WHEN 'leased' THEN d.lease_until ELSE d.due_at END <= pager_now()
           AND NOT EXISTS (SELECT 1 FROM delivery earlier
             WHERE earlier.incident_id = d.incident_id AND earlier.destination = d.destination
               AND earlier.sequence < d.sequence AND earlier.state IN ('pending', 'leased', 'retry', 'ambiguous'))
         ORDER BY d.urgency, is_follow_up, d.sequence LIMIT 1) d
       WHERE $1::jsonb ? dest.channel AND dest.next_send_at <= pager_now() AND dest.paused_until <= pager_now()
       ORDER BY d.urgency, d.is_follow_up, d.sequence LIMIT 1
       FOR NO KEY UPDATE OF dest SKIP LOCKED
     ), spaced AS (
       UPDATE destination dest SET next_send_at = pager_now() + dest.min_interval
       FROM candidate WHERE dest.name = candidate.name
     )
     UPDATE delivery d SET state = 'leased', token = d.token + 1,
       lease_until = pager_now() + ($1::jsonb -> candidate.channel ->> CASE WHEN d.urgency <= 1 THEN 'pageMs' ELSE 'otherMs' END)::double precision
         * interval '1 millisecond',
       may_have_arrived = d.may_have_arrived OR (d.state = 'leased' AND EXISTS (
         SELECT 1 FROM delivery_attempt a WHERE a.delivery_id = d.id AND a.token = d.token))
     FROM candidate
     WHERE d.id = candidate.id AND d.state IN ('pending', 'leased', 'retry', 'ambiguous')
       AND CASE d.state WHEN 'leased' THEN d.lease_until ELSE d.due_at END <= pager_now()
     RETURNING d.id, d.token, d.destination, candidate.channel`,
    [JSON.stringify(leases)],
  );
  const row = rows[0];
  return row && { deliveryId: row.id, token: row.token, destination: row.destination, channel: row.channel };
}
