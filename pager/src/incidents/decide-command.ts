import type { Command, Refusal, Verdict } from "./command.ts";
import type { Priority } from "./priority.ts";
import type { Severity } from "./severity.ts";

/*
 *                    acknowledge, reassign
 *   triggered ───────────────────────────────► acknowledged
 *    │  ▲  ▲                                     │   │
 *    │  │  └──── timeout, reassign to nobody ────┘   │ snooze
 *    │  │                                            │
 *    │  └──────── unsnooze, snooze ends ─── triggered (snoozed) ◄── snooze ── triggered
 *    │                                        │
 *    └──────────── resolve ───────────────────┴──────────► resolved (final)
 *
 * Whatever leads back to plain `triggered` begins a new run of the escalation.
 */

/** An incident as commands see it. */
export interface CommandedIncident {
  readonly id: string;
  readonly number: number;
  readonly state: "triggered" | "acknowledged" | "resolved";
  readonly version: number;
  readonly severity: Severity;
  readonly priority: Priority;
  readonly alertname: string;
  readonly service: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedUntil: Date | null;
  readonly snoozedUntil: Date | null;
  readonly assignee: string | null;
  readonly closedAs: Verdict | null;
  readonly resolvedBy: string | null;
  /** The database's present. */
  readonly now: Date;
  /** Of the policy that it opened with; null: an acknowledgement never runs out. */
  readonly acknowledgeTimeoutMs: number | null;
}

/** The columns that commands write. */
export type CommandChange = Pick<
  CommandedIncident,
  | "state"
  | "acknowledgedAt"
  | "acknowledgedBy"
  | "acknowledgedUntil"
  | "snoozedUntil"
  | "assignee"
  | "closedAs"
  | "resolvedBy"
>;

export type CommandDecision =
  | { readonly done: false; readonly reason: Refusal }
  | {
      readonly done: true;
      readonly change: CommandChange;
      readonly event: { readonly kind: CommandEventKind; readonly text: string };
      readonly news: "changed" | "resolved";
      /** What becomes of the asking: it ends, or begins anew. */
      readonly escalation: "stop" | "restart" | "leave";
    };

/** What commands write into timelines. */
export type CommandEventKind =
  | "acknowledged"
  | "resolved-by-hand"
  | "snoozed"
  | "unsnoozed"
  | "reassigned"
  | "note"
  | "closed-as";

const MINUTE_MS = 60_000;
const LONGEST_SNOOZE_MS = 7 * 24 * 60 * MINUTE_MS;
const LONGEST_NOTE = 10_000;

const instant = (at: Date): string => `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** What a command means for an incident, or why it means nothing. */
export function decideCommand(incident: CommandedIncident, command: Command, actor: string): CommandDecision {
  const {
    state,
    acknowledgedAt,
    acknowledgedBy,
    acknowledgedUntil,
    snoozedUntil,
    assignee,
    closedAs,
    resolvedBy,
  } = incident;
  const same: CommandChange = {
    state,
    acknowledgedAt,
    acknowledgedBy,
    acknowledgedUntil,
    snoozedUntil,
    assignee,
    closedAs,
    resolvedBy,
  };
  const acknowledged = (by: string): CommandChange => ({
    ...same,
    state: "acknowledged",
    acknowledgedAt: incident.now,
    acknowledgedBy: by,
    acknowledgedUntil:
      incident.acknowledgeTimeoutMs === null
        ? null
        : new Date(incident.now.getTime() + incident.acknowledgeTimeoutMs),
    snoozedUntil: null,
    assignee: by,
  });
  const unacknowledged: CommandChange = {
    ...same,
    state: "triggered",
    acknowledgedAt: null,
    acknowledgedBy: null,
    acknowledgedUntil: null,
  };
  const did = (
    change: CommandChange,
    kind: CommandEventKind,
    text: string,
    escalation: "stop" | "restart" | "leave" = "leave",
  ): CommandDecision => ({
    done: true,
    change,
    event: { kind, text },
    news: change.state === "resolved" && state !== "resolved" ? "resolved" : "changed",
    escalation,
  });
  const no = (reason: Refusal): CommandDecision => ({ done: false, reason });

  // Notes and verdicts belong to the time after, too.
  if (command.action === "note") {
    const text = command.text.trim();
    return text === "" || text.length > LONGEST_NOTE ? no("empty-note") : did(same, "note", text);
  }
  if (command.action === "closeAs") {
    return did({ ...same, closedAs: command.as }, "closed-as", `judged ${command.as}`);
  }
  if (state === "resolved") return no("already-resolved");
  switch (command.action) {
    case "acknowledge":
      if (state === "acknowledged") return no("already-acknowledged");
      return did(acknowledged(actor), "acknowledged", `acknowledged by ${actor}`, "stop");
    case "resolve": {
      const verdict = command.as ?? closedAs;
      return did(
        { ...same, state: "resolved", snoozedUntil: null, closedAs: verdict, resolvedBy: actor },
        "resolved-by-hand",
        `resolved by ${actor}${command.as ? `, judged ${command.as}` : ""}`,
        "stop",
      );
    }
    case "snooze": {
      const forMs = command.until.getTime() - incident.now.getTime();
      // Also refuses an instant that is none.
      if (!(forMs >= MINUTE_MS && forMs <= LONGEST_SNOOZE_MS)) return no("snooze-not-in-range");
      return did(
        { ...unacknowledged, snoozedUntil: command.until, assignee: actor },
        "snoozed",
        `snoozed by ${actor} until ${instant(command.until)}`,
        "stop",
      );
    }
    case "unsnooze":
      if (snoozedUntil === null) return no("not-snoozed");
      return did({ ...same, snoozedUntil: null }, "unsnoozed", `woken up by ${actor}`, "restart");
    case "reassign":
      if (command.to === null) {
        return did(
          { ...unacknowledged, snoozedUntil: null, assignee: null },
          "reassigned",
          `given back by ${actor}: people are asked again`,
          "restart",
        );
      }
      return did(acknowledged(command.to), "reassigned", `given to ${command.to} by ${actor}`, "stop");
  }
}
