import type { Queries, QueryRunner } from "@watchkeeper/exporters/database";
import { beginEscalations, stopEscalations } from "../escalation/run.ts";
import { enqueueDeliveries, type Superseded } from "../outbox/enqueue.ts";
import type { Reach } from "../routes.ts";
import { type Command, type Refusal, refusals } from "./command.ts";
import { type CommandedIncident, decideCommand } from "./decide-command.ts";
import { lockKeys } from "./observe.ts";
import { recordEvents } from "./timeline.ts";

/** By which way people ask. */
export type CommandSource = "slack" | "email" | "ntfy" | "sms" | "voice" | "pagerduty" | "api" | "console";

export interface CommandOrigin {
  /** A person's short name, or what the provider calls them. */
  readonly actor: string;
  readonly source: CommandSource;
  /**
   * The same for the same request, however often it arrives: `slack:<user>:<action id>:<action ts>`, the id of a
   * link, an `Idempotency-Key`.
   */
  readonly requestKey: string;
  /** Refused when the incident is at another version by now; undefined: whatever it is. */
  readonly ifVersion?: number;
}

export type CommandResult =
  | {
      readonly done: true;
      readonly number: number;
      readonly state: "triggered" | "acknowledged" | "resolved";
      readonly version: number;
      readonly acknowledgedBy: string | null;
    }
  | { readonly done: false; readonly reason: Refusal; readonly message: string };

export interface CommandOptions {
  readonly database: QueryRunner;
  readonly reach: Reach;
  /** Messages that the command made pointless, for the metrics. */
  readonly onSuperseded?: (superseded: readonly Superseded[]) => void;
}

const refused = (reason: Refusal): CommandResult => ({ done: false, reason, message: refusals[reason] });

/**
 * Does what a person asks, in one transaction with its line in the timeline and the messages that follow. The same
 * request again gets the first answer and changes nothing.
 *
 * @param incident uuid, or the number that people use
 * @returns what became of it; refusals are answers, not errors
 * @throws Error when the database is away
 */
export async function runCommand(
  options: CommandOptions,
  incident: string,
  command: Command,
  origin: CommandOrigin,
): Promise<CommandResult> {
  const done = await options.database.transaction(async (tx) => {
    const locked = await lockIncident(tx, incident);
    if (!locked) return { result: refused("unknown-incident"), superseded: [] };
    const earlier = await earlierResult(tx, origin.requestKey, locked.id);
    if (earlier) return { result: earlier, superseded: [] };
    return apply(tx, options.reach, locked, command, origin);
  });
  options.onSuperseded?.(done.superseded);
  return done.result;
}

async function apply(
  tx: Queries,
  reach: Reach,
  incident: CommandedIncident,
  command: Command,
  origin: CommandOrigin,
): Promise<{ result: CommandResult; superseded: readonly Superseded[] }> {
  const decision =
    origin.ifVersion !== undefined && origin.ifVersion !== incident.version
      ? ({ done: false, reason: "version-changed" } as const)
      : decideCommand(incident, command, origin.actor);
  if (!decision.done) {
    // A refusal is not remembered: what was refused may be possible later.
    return { result: refused(decision.reason), superseded: [] };
  }
  const { change, event, news, escalation } = decision;
  const { rows } = await tx.query<{ state: CommandedIncident["state"]; version: number }>(
    "command-incident",
    `UPDATE incident SET version = version + 1, updated_at = pager_now(), state = $2, acknowledged_at = $3,
       acknowledged_by = $4, acknowledged_until = $5, snoozed_until = $6, assignee = $7, closed_as = $8,
       first_acknowledged_at = coalesce(first_acknowledged_at, $3),
       resolved_at = CASE WHEN $2 = 'resolved' THEN coalesce(resolved_at, pager_now()) END,
       resolved_by = $9
     WHERE id = $1 RETURNING state, version`,
    [
      incident.id,
      change.state,
      change.acknowledgedAt,
      change.acknowledgedBy,
      change.acknowledgedUntil,
      change.snoozedUntil,
      change.assignee,
      change.closedAs,
      change.resolvedBy,
    ],
  );
  const row = rows[0];
  if (!row) throw new Error(`Cannot change incident ${incident.id} as its row is gone`);
  await recordEvents(tx, [{ incidentId: incident.id, ...event, actor: origin.actor, source: origin.source }]);
  if (escalation === "stop")
    await stopEscalations(
      tx,
      [incident.id],
      event.kind === "snoozed" ? "snoozed" : row.state === "resolved" ? "resolved" : "acknowledged",
    );
  if (escalation === "restart") await beginEscalations(tx, reach.directory, [incident]);
  const settled = { ...incident, news, event: undefined };
  const superseded = await enqueueDeliveries(tx, [settled], null, reach.destinations);
  const result: CommandResult = {
    done: true,
    number: incident.number,
    state: row.state,
    version: row.version,
    acknowledgedBy: change.acknowledgedBy,
  };
  await tx.query(
    "remember-command",
    "INSERT INTO incident_command (key, incident_id, result) VALUES ($1, $2, $3)",
    [origin.requestKey, incident.id, JSON.stringify(result)],
  );
  return { result, superseded };
}

async function earlierResult(
  tx: Queries,
  key: string,
  incidentId: string,
): Promise<CommandResult | undefined> {
  const { rows } = await tx.query<{ result: CommandResult }>(
    "earlier-command",
    "SELECT result FROM incident_command WHERE key = $1 AND incident_id = $2",
    [key, incidentId],
  );
  return rows[0]?.result;
}

/** Locks the incident's key first, as every transaction does, and then reads the incident under that lock. */
async function lockIncident(tx: Queries, id: string): Promise<CommandedIncident | undefined> {
  const column = /^\d+$/.test(id) ? "number" : "id";
  const found = await tx.query<{ id: string; key: string }>(
    `find-commanded-by-${column}`,
    `SELECT id, key FROM incident WHERE ${column} = $1`,
    [id],
  );
  const known = found.rows[0];
  if (!known) return undefined;
  await lockKeys(tx, [known.key]);
  const { rows } = await tx.query<CommandedIncident>(
    "read-commanded-incident",
    `SELECT i.id, i.number::integer, i.state, i.version, i.severity, i.priority, i.labels, i.alertname, i.service,
       i.acknowledged_at AS "acknowledgedAt", i.acknowledged_by AS "acknowledgedBy",
       i.acknowledged_until AS "acknowledgedUntil", i.snoozed_until AS "snoozedUntil", i.assignee,
       i.closed_as AS "closedAs", i.resolved_by AS "resolvedBy", pager_now() AS now,
       (e.policy ->> 'acknowledgeTimeoutMs')::double precision AS "acknowledgeTimeoutMs"
     FROM incident i
     LEFT JOIN LATERAL (SELECT policy FROM escalation WHERE incident_id = i.id ORDER BY run DESC LIMIT 1) e ON true
     WHERE i.id = $1`,
    [known.id],
  );
  return rows[0];
}
