import type { Severity } from "../incidents/severity.ts";
import type { RetryLadder } from "../outbox/retry.ts";
import type { ChannelName } from "../routes.ts";

/** An incident as people are told about it. */
export interface IncidentNews {
  readonly id: string;
  /** What people call it by: `#12`. */
  readonly number: number;
  readonly state: "triggered" | "acknowledged" | "resolved";
  readonly severity: Severity;
  readonly alertname: string;
  readonly service: string;
  readonly summary: string;
  readonly description: string;
  readonly startedAt: Date;
  readonly resolvedAt: Date | null;
  readonly firing: number;
  readonly runbookUrl: string | null;
  readonly dashboardUrl: string | null;
  /** The incident's page in the console. */
  readonly url: string;
}

/** What a channel is asked to say. */
export interface Message {
  /** The same for every attempt: the provider, or a later look, tells repetitions apart by it. */
  readonly deliveryId: string;
  readonly kind: "announce" | "update" | "resolve";
  readonly incident: IncidentNews;
  /** An earlier attempt of this very message ended without an answer. */
  readonly mayHaveArrived: boolean;
  /** The newest `Sent.reference` of the channel, whatever its incident. */
  readonly lastReference: string | null;
  /** The first message about the incident on this channel. */
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
