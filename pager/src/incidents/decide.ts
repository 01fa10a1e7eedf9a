import { type Priority, rankOf, severityOf } from "./priority.ts";
import type { Severity } from "./severity.ts";

/*
 *                 first alert fires                      all alerts resolved
 *   (no incident) ─────────────────► triggered ──────────────────────────────► resolved
 *                                      │   ▲                                   (final: the next
 *                                      └───┘ severity raised,                   alert opens a new one)
 *                                            alerts or words changed
 *
 * `acknowledged` is open like `triggered`: what people do is in `commands.ts`.
 */

/** What the alerts of one key say now. */
export interface Firing {
  readonly severity: Severity;
  readonly priority: Priority;
  readonly count: number;
  readonly startedAt: Date;
  /** Of the most severe and then oldest alert. */
  readonly labels: Readonly<Record<string, string>>;
  readonly words: Words;
}

export interface Words {
  readonly summary: string;
  readonly description: string;
  readonly runbookUrl: string | null;
  readonly dashboardUrl: string | null;
  readonly panelUrl: string | null;
  readonly logsUrl: string | null;
}

/** What the open incident of the key was last set to. */
export interface OpenIncident {
  readonly id: string;
  readonly severity: Severity;
  readonly priority: Priority;
  readonly firing: number;
  readonly words: Words;
}

export type Decision =
  | { readonly action: "open"; readonly reason: "first-alert-fires"; readonly firing: Firing }
  | {
      readonly action: "change";
      readonly reason: "severity-raised" | "alerts-changed" | "words-changed";
      readonly incident: OpenIncident;
      readonly firing: Firing;
      /** Never lowered while the incident is open: whoever was woken wants to know that it is over. */
      readonly severity: Severity;
      readonly priority: Priority;
    }
  | { readonly action: "resolve"; readonly reason: "all-alerts-resolved"; readonly incident: OpenIncident }
  | { readonly action: "none"; readonly reason: "nothing-fires" | "nothing-changed" };

const sameWords = (one: Words, other: Words): boolean =>
  one.summary === other.summary &&
  one.description === other.description &&
  one.runbookUrl === other.runbookUrl &&
  one.dashboardUrl === other.dashboardUrl &&
  one.panelUrl === other.panelUrl &&
  one.logsUrl === other.logsUrl;

/** What becomes of the incident of one key. */
export function decideIncident(incident: OpenIncident | undefined, firing: Firing | undefined): Decision {
  if (!incident) {
    if (!firing) return { action: "none", reason: "nothing-fires" };
    return { action: "open", reason: "first-alert-fires", firing };
  }
  if (!firing) return { action: "resolve", reason: "all-alerts-resolved", incident };
  const change = (
    reason: "severity-raised" | "alerts-changed" | "words-changed",
    priority: Priority,
  ): Decision => ({
    action: "change",
    reason,
    incident,
    firing,
    severity: severityOf[priority],
    priority,
  });
  if (rankOf(firing.priority) < rankOf(incident.priority)) return change("severity-raised", firing.priority);
  if (firing.count !== incident.firing) return change("alerts-changed", incident.priority);
  if (!sameWords(firing.words, incident.words)) return change("words-changed", incident.priority);
  return { action: "none", reason: "nothing-changed" };
}
