import type { Queries } from "@watchkeeper/exporters/database";
import type { ChannelName } from "../channels/channel-name.ts";
import type { Priority } from "../incidents/priority.ts";

/*
 * What the core asks of whoever knows the people. It asks inside its own transaction and stores the answer: a policy
 * is copied into the escalation that it starts, and the people of a level are looked up when the level fires.
 */

/** One way to reach a person, such as `{ channel: "ntfy", address: "ada-pages" }`. */
export interface Contact {
  readonly channel: ChannelName;
  readonly address: string;
}

/** A person to tell. Contacts are in the order in which they are tried; an empty list means that nobody can be told. */
export interface Target {
  /** Short and stable: what timelines, metrics and commands name the person by. */
  readonly person: string;
  readonly name: string;
  readonly contacts: readonly Contact[];
}

/** `schedule:primary`, `person:ada`, …: the directory's own words, which the core only hands back. */
export type TargetReference = string;

export interface PolicyLevel {
  readonly targets: readonly TargetReference[];
  /** How long these people have before the next level is asked; at least a second. */
  readonly timeoutMs: number;
}

/** Who is asked, and then who. Plain data: it is stored as JSON. */
export interface Policy {
  /** Also names the route whose storms are counted together. */
  readonly id: string;
  /** In order; none means that the team's channels are all there is. */
  readonly levels: readonly PolicyLevel[];
  /** How many times all levels are asked again after the first; 0 means once. */
  readonly repeat: number;
  /** After the last level of the last round; empty means that nobody is left. */
  readonly catchAll: readonly TargetReference[];
  /** After which time an acknowledgement that led to nothing is over; null: never. */
  readonly acknowledgeTimeoutMs: number | null;
}

export interface RoutedIncident {
  readonly priority: Priority;
  readonly alertname: string;
  readonly service: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Who can be reached from when until when. */
export interface OnCallSpan {
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
  readonly targets: readonly Target[];
}

export interface Directory {
  /** Never fails for want of a match: the last answer is the catch-all policy. Unchanged policies are cheap to ask. */
  policyFor(incident: RoutedIncident): Policy;
  /** All policies there are: what the snapshot for a database that is away is made of. */
  policies(): readonly Policy[];
  /**
   * The people behind the references at an instant, overrides and swaps included, each once. Empty means nobody: the
   * next level is asked at once.
   */
  targetsAt(queries: Queries, references: readonly TargetReference[], at: Date): Promise<readonly Target[]>;
  /** The same for a stretch of time, in order and without gaps (a span may have no targets). */
  spansOf(
    queries: Queries,
    references: readonly TargetReference[],
    from: Date,
    to: Date,
  ): Promise<readonly OnCallSpan[]>;
}

const teamPolicy: Policy = {
  id: "team",
  levels: [],
  repeat: 0,
  catchAll: [],
  acknowledgeTimeoutMs: 30 * 60_000,
};

/** Knows nobody: incidents go to the team's channels and no person is paged by name. */
export const teamOnlyDirectory: Directory = {
  policyFor: () => teamPolicy,
  policies: () => [teamPolicy],
  targetsAt: async () => [],
  spansOf: async (_queries, _references, from, to) => [{ from, to, targets: [] }],
};
