import type { Priority } from "../incidents/priority.ts";
import type { Severity } from "../incidents/severity.ts";
import type { MessageKind } from "../outbox/message-kind.ts";
import type { RetryLadder } from "../outbox/retry.ts";
import type { ChannelName } from "./channel-name.ts";

/** An incident as people are told about it. */
export interface IncidentNews {
  readonly id: string;
  /** What people call it by: `#12`. */
  readonly number: number;
  readonly state: "triggered" | "acknowledged" | "resolved";
  readonly severity: Severity;
  readonly priority: Priority;
  /** Who looks after it: a person's short name, or what a provider called them. */
  readonly acknowledgedBy: string | null;
  readonly assignee: string | null;
  /** Nobody is woken before; null or past: not snoozed. */
  readonly snoozedUntil: Date | null;
  readonly alertname: string;
  readonly service: string;
  readonly summary: string;
  readonly description: string;
  readonly startedAt: Date;
  readonly resolvedAt: Date | null;
  readonly firing: number;
  readonly runbookUrl: string | null;
  readonly dashboardUrl: string | null;
  readonly panelUrl: string | null;
  readonly logsUrl: string | null;
  /** The incident's page in the console. */
  readonly url: string;
}

/** Whom a message is for. */
export interface Recipient {
  /** Of a person: a mail address, an ntfy topic, a number; null: the team's, from the channel's settings. */
  readonly address: string | null;
  /** The person's short name; null for the team. What a button in the message does is done by them. */
  readonly person: string | null;
}

/** Why a person is told, when they are: for the first line of a page and the timeline. */
export interface Page {
  /** From 1; the catch-all is one more than the last. */
  readonly level: number;
  /** From 1: how often all levels were asked. */
  readonly round: number;
  readonly reason: "escalation" | "next-channel" | "catch-all" | "test";
}

/** One line of the incident's history. */
export interface TimelineLine {
  readonly id: number;
  readonly at: Date;
  readonly kind: string;
  readonly text: string;
  readonly actor: string | null;
}

/** What a channel is asked to say. */
export interface Message {
  /** The same for every attempt: the provider, or a later look, tells repetitions apart by it. */
  readonly deliveryId: string;
  readonly kind: MessageKind;
  readonly to: Recipient;
  /** Null when the team is told, or a person that something is over. */
  readonly page: Page | null;
  readonly incident: IncidentNews;
  /** What happened since this recipient was last told, oldest first, at most 50 lines. */
  readonly history: readonly TimelineLine[];
  /** An earlier attempt of this very message ended without an answer. */
  readonly mayHaveArrived: boolean;
  /** The newest `Sent.reference` of the destination, whatever its incident. */
  readonly lastReference: string | null;
  /** The first message about the incident to this recipient. */
  readonly announcement: {
    readonly deliveryId: string;
    readonly createdAt: Date;
    /** The provider's own name for it, as `Sent.reference` said; null while unknown. */
    readonly reference: string | null;
  };
}

export interface Sent {
  readonly result: "sent";
  readonly reference: string | null;
  /** Anything that a reader of the timeline should know, such as a refused recipient. */
  readonly note?: string;
}

/** How an attempt ended. Only the outbox repeats attempts; a channel tries once. */
export type Outcome =
  | Sent
  /** Certainly not taken. */
  | { readonly result: "retry"; readonly reason: string; readonly ladder?: RetryLadder }
  /** Certainly not taken, and nothing else may be sent there for a while; costs no attempt. */
  | { readonly result: "too-fast"; readonly reason: string; readonly pauseMs: number }
  /** Perhaps taken. */
  | { readonly result: "ambiguous"; readonly reason: string }
  /** Refused for good. */
  | { readonly result: "dead"; readonly reason: string };

/** A way to reach people. One file each in this folder; `channels.ts` lists them. */
export interface Channel {
  readonly name: ChannelName;
  /**
   * Whom it can reach: the team, by one address from the settings, and people, by an address of theirs in `to`. A
   * channel for people alone is never asked without an address.
   */
  readonly reaches: readonly ("team" | "people")[];
  /** Whether changes of an open incident are worth a message (it changes one in place, or nobody is woken). */
  readonly showsUpdates: boolean;
  /** The provider's published rate, as the shortest time between two messages. */
  readonly minIntervalMs: number;
  /** The longest time that `send` may take; pages give up on an answer sooner. */
  budgetMs(severity: Severity): number;
  /**
   * Tries once to deliver. Resolves whatever happens; when the signal aborts, at once.
   * Reasons name no secret.
   */
  send(message: Message, signal: AbortSignal): Promise<Outcome>;
}

/** HTTP calls to a provider: for pages a slow provider is a broken one. */
export const httpTimeoutMs = (severity: Severity): number => (severity === "page" ? 4_000 : 7_000);
