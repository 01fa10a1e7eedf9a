import type { Queries, QueryRunner } from "@watchkeeper/exporters/database";
import type { Message, Outcome } from "../channels/channel.ts";
import type { ChannelName } from "../channels/channel-name.ts";
import { applyFacts } from "../incidents/apply-facts.ts";
import { brokenDestination, routeBroken, routeWorks } from "../incidents/own-alerts.ts";
import { pages } from "../incidents/priority.ts";
import { recordEvents } from "../incidents/timeline.ts";
import type { Reach } from "../routes.ts";
import type { Claim } from "./claim.ts";
import { decideRetry, type FailedDelivery } from "./retry.ts";

/** A provider that asks for more patience than this is asked again anyway. */
const LONGEST_PAUSE_MS = 15 * 60_000;

/** A delivery's row after an attempt. */
interface Change {
  readonly state: "retry" | "ambiguous" | "sent" | "superseded" | "dead";
  readonly reason: string | null;
  readonly afterMs: number;
  readonly failed: boolean;
}

/** What an attempt means for its delivery: the arrows of the drawing in `dispatch.ts` that leave `leased`. */
export function changeAfter(outcome: Outcome, delivery: FailedDelivery): Change {
  switch (outcome.result) {
    case "sent":
      return { state: "sent", reason: outcome.note ?? null, afterMs: 0, failed: false };
    case "dead":
      return { state: "dead", reason: outcome.reason, afterMs: 0, failed: true };
    case "too-fast":
      return {
        state: "retry",
        reason: outcome.reason,
        afterMs: Math.min(outcome.pauseMs, LONGEST_PAUSE_MS),
        failed: false,
      };
    default: {
      const state = outcome.result;
      const retry = decideRetry(delivery, state === "retry" ? outcome.ladder : undefined);
      if (!retry.again) {
        return { state: "dead", reason: `${outcome.reason} (${retry.reason})`, afterMs: 0, failed: true };
      }
      return { state, reason: outcome.reason, afterMs: retry.afterMs, failed: true };
    }
  }
}

export interface Finished {
  readonly state: Change["state"];
  readonly reason: string | null;
  /** From the webhook's commit until now. */
  readonly latencyMs: number;
}

export interface FinishOptions {
  readonly database: QueryRunner;
  readonly reach: Reach;
  /** Where the links of an incident about a route lead, without a slash at its end. */
  readonly consoleUrl: string;
}

/** The claim was taken over: whoever holds the newer token decides. */
class LeaseLost extends Error {}

/**
 * Writes how an attempt ended, if the claim still holds, and what follows from it: the pause of the destination, the
 * timeline, and the incident about a route that refuses pages for good.
 *
 * @returns undefined when another holder took the delivery over
 */
export async function finishAttempt(
  options: FinishOptions,
  attempt: {
    readonly claim: Claim;
    readonly message: Message;
    readonly delivery: FailedDelivery;
    readonly version: number;
    readonly event: number;
  },
  outcome: Outcome,
): Promise<Finished | undefined> {
  const { claim, message, delivery } = attempt;
  const change = changeAfter(outcome, delivery);
  const finish = async (tx: Queries): Promise<Finished> => {
    // First, since every transaction locks incident keys before deliveries.
    await applyRouteHealth(tx, attempt, change, options);
    const finished = await closeDelivery(tx, claim, change, outcome.result === "ambiguous");
    if (!finished) throw new LeaseLost();
    await tx.query(
      "end-attempt",
      `UPDATE delivery_attempt SET ended_at = pager_now(), result = $3, reason = $4
       WHERE delivery_id = $1 AND token = $2`,
      [claim.deliveryId, claim.token, outcome.result, change.reason],
    );
    if (outcome.result === "sent") {
      await tx.query(
        "show-message",
        `INSERT INTO shown_message AS m (incident_id, destination, reference, applied_version, applied_event)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (incident_id, destination) DO UPDATE SET
           reference = coalesce(excluded.reference, m.reference),
           applied_version = greatest(excluded.applied_version, m.applied_version),
           applied_event = greatest(excluded.applied_event, m.applied_event)`,
        [message.incident.id, claim.destination, outcome.reference, attempt.version, attempt.event],
      );
    }
    if (outcome.result === "sent" && outcome.reference !== null && message.kind === "announce") {
      await tx.query("remember-reference", "UPDATE destination SET last_reference = $2 WHERE name = $1", [
        claim.destination,
        outcome.reference,
      ]);
    }
    if (outcome.result === "too-fast") {
      await tx.query(
        "pause-destination",
        `UPDATE destination SET paused_until = greatest(paused_until, pager_now() + $2 * interval '1 millisecond')
         WHERE name = $1`,
        [claim.destination, change.afterMs],
      );
    }
    const text = eventText(attempt, change);
    if (text) {
      await recordEvents(tx, [
        { incidentId: message.incident.id, kind: `${message.kind}-${change.state}`, text },
      ]);
    }
    return finished;
  };
  try {
    return await options.database.transaction(finish);
  } catch (error) {
    if (error instanceof LeaseLost) return undefined;
    throw error;
  }
}

/** Writes that a claimed delivery is not wanted any more. @returns whether the claim still held */
export async function supersede(database: QueryRunner, claim: Claim, because: string): Promise<boolean> {
  const change = { state: "superseded", reason: because, afterMs: 0, failed: false } as const;
  return (await closeDelivery(database, claim, change, false)) !== undefined;
}

async function closeDelivery(
  tx: Queries,
  claim: Claim,
  change: Change,
  mayHaveArrived: boolean,
): Promise<Finished | undefined> {
  const { rows } = await tx.query<{ latency_ms: number }>(
    "close-delivery",
    `UPDATE delivery SET state = $3, reason = $4, lease_until = NULL,
       due_at = pager_now() + $5 * interval '1 millisecond', failures = failures + $6::integer,
       may_have_arrived = may_have_arrived OR $7,
       finished_at = CASE WHEN $3 IN ('sent', 'superseded', 'dead') THEN pager_now() END
     WHERE id = $1 AND token = $2 AND state = 'leased'
     RETURNING (extract(epoch FROM pager_now() - caused_at) * 1000)::double precision AS latency_ms`,
    [
      claim.deliveryId,
      claim.token,
      change.state,
      change.reason,
      change.afterMs,
      change.failed ? 1 : 0,
      mayHaveArrived,
    ],
  );
  const row = rows[0];
  return row && { state: change.state, reason: change.reason, latencyMs: row.latency_ms };
}

/**
 * A page that is refused for good opens an incident about its route, which goes to the other destinations; a message
 * that is taken closes it. Trouble with that very incident's messages opens nothing: no alarm about an alarm.
 */
async function applyRouteHealth(
  tx: Queries,
  { claim, message, delivery }: { claim: Claim; message: Message; delivery: FailedDelivery },
  change: Change,
  { reach, consoleUrl }: FinishOptions,
): Promise<void> {
  const present = { inboxId: null, receivedAt: null };
  const { destination } = claim;
  const isAboutRoute =
    brokenDestination({
      alertname: message.incident.alertname,
      service: message.incident.service,
      destination,
    }) !== undefined;
  if (change.state === "dead" && pages(delivery.priority) && !isAboutRoute) {
    const broken = routeBroken({ destination, reason: change.reason ?? "", consoleUrl });
    await applyFacts(tx, [broken], present, reach);
  }
  if (change.state !== "sent") return;
  const works = routeWorks({ destination, consoleUrl });
  const { rowCount } = await tx.query(
    "is-route-broken",
    "SELECT 1 FROM alert WHERE source = $1 AND fingerprint = $2 AND status = 'firing'",
    [works.source, works.fingerprint],
  );
  if (rowCount) await applyFacts(tx, [works], present, reach);
}

const TITLE: Readonly<Record<ChannelName, string>> = {
  slack: "Slack",
  email: "Email",
  pagerduty: "PagerDuty",
  ntfy: "ntfy",
  sms: "SMS",
  voice: "Call",
  webhook: "Webhook",
};

const DONE = {
  announce: "announced",
  again: "told again",
  update: "updated",
  resolve: "told that it is over",
} as const;

/** Arrivals, ends and the first failure; every attempt is in `delivery_attempt`. */
function eventText(
  { claim, message, delivery }: { claim: Claim; message: Message; delivery: FailedDelivery },
  change: Change,
): string | undefined {
  const because = change.reason ? `: ${change.reason}` : "";
  const title = TITLE[claim.channel];
  const who = message.to.person === null ? title : `${title} of ${message.to.person}`;
  if (change.state === "sent") return `${who}: ${DONE[message.kind]}${because}`;
  if (change.state === "dead") return `${who}: refused for good${because}`;
  if (delivery.failures > 0) return undefined;
  const seconds = Math.max(1, Math.round(change.afterMs / 1_000));
  return `${who}: not delivered yet, again in ${seconds} s${because}`;
}
