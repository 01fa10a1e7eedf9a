import { createHash } from "node:crypto";
import { type Priority, pages } from "../incidents/priority.ts";
import type { MessageKind } from "./message-kind.ts";

/** Steps in seconds, the last one repeated; and after how long it ends. */
interface Ladder {
  readonly stepsSeconds: readonly number[];
  readonly endsAfterMs: number;
}

const DAY_MS = 24 * 60 * 60_000;
const MINUTE = 60;

/** Which steps a failed message climbs: its priority's, unless the provider asks for patience. */
export type RetryLadder = Priority | "mail-deferred";

const page: Ladder = { stepsSeconds: [1, 2, 4, 8, 15, 30, 60], endsAfterMs: Number.POSITIVE_INFINITY };

const ladders: Readonly<Record<RetryLadder, Ladder>> = {
  P0: page,
  P1: page,
  P2: { stepsSeconds: [5, 30, MINUTE, 5 * MINUTE, 15 * MINUTE], endsAfterMs: DAY_MS },
  P3: { stepsSeconds: [MINUTE, 10 * MINUTE, 60 * MINUTE], endsAfterMs: DAY_MS },
  // A mail server that answers 4xx is greylisting or full; asking faster makes it answer so for longer.
  "mail-deferred": {
    stepsSeconds: [1, 5, 15, 30, 60].map((minutes) => minutes * MINUTE),
    endsAfterMs: Number.POSITIVE_INFINITY,
  },
};

/** Around each step, so that messages which failed together do not come back together. */
const JITTER = 0.2;

/** Between -1 and 1, the same for the same delivery and step. */
const spread = (deliveryId: string, step: number): number =>
  createHash("sha256").update(`${deliveryId}/${step}`).digest().readUInt32BE() / 0x7fff_ffff - 1;

export type RetryDecision =
  | { readonly again: true; readonly afterMs: number; readonly reason: "step" }
  | { readonly again: false; readonly reason: "too-old" };

export interface FailedDelivery {
  readonly id: string;
  readonly kind: MessageKind;
  readonly priority: Priority;
  /** Earlier failures. */
  readonly failures: number;
  readonly ageMs: number;
}

/**
 * When a message that was not taken is tried again. A page never gives up by itself: it ends
 * when it arrives or when the incident is over. Everything else is old news after a day.
 */
export function decideRetry(delivery: FailedDelivery, ladderName?: RetryLadder): RetryDecision {
  const ladder = ladders[ladderName ?? delivery.priority];
  const isPage = delivery.kind === "announce" || delivery.kind === "again";
  const endless = isPage && pages(delivery.priority);
  if (!endless && delivery.ageMs >= Math.min(ladder.endsAfterMs, DAY_MS))
    return { again: false, reason: "too-old" };
  const step = Math.min(delivery.failures, ladder.stepsSeconds.length - 1);
  const seconds = ladder.stepsSeconds[step] ?? 60;
  return {
    again: true,
    afterMs: seconds * 1_000 * (1 + JITTER * spread(delivery.id, delivery.failures)),
    reason: "step",
  };
}
