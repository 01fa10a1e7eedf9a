import type { Weekday } from "@watchkeeper/catalogue/maintenance";
import type { WallTime } from "./wall-clock.ts";

/** How long a turn of a rotation is. Wall clock: a day may have 23 or 25 hours, and hours stay on the hour. */
export interface TurnLength {
  readonly count: number;
  readonly unit: "hours" | "days" | "weeks" | "months";
}

/** Times of the week in which a layer has somebody on call; outside of them it has nobody. */
export interface Window {
  readonly days: readonly Weekday[];
  /** `09:00`. */
  readonly from: string;
  /** `17:00`, or `24:00`; one that is not after `from` is on the next day. */
  readonly to: string;
}

/** People who take turns. */
export interface Layer {
  readonly name: string;
  /** In the order in which they take turns; the first begins. */
  readonly people: readonly string[];
  /** The first handoff; before it nobody is on call. */
  readonly starts: WallTime;
  /** Undefined: it goes on for ever. */
  readonly ends: WallTime | undefined;
  readonly turn: TurnLength;
  /** None: always. */
  readonly windows: readonly Window[];
}

/** From one moment on and before another, milliseconds since 1970. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One person instead of whoever the layers say, also where they say nobody. */
export interface Override extends Span {
  readonly id: string;
  readonly person: string;
}

/** Each of two people has the duty of the other. */
export interface Swap extends Span {
  readonly id: string;
  readonly between: readonly [string, string];
}

/**
 * Who is on call when. What is on top wins: layers in their order, a later one over an earlier; then overrides, a
 * later one over an earlier; then swaps exchange people, one after the other.
 */
export interface Schedule {
  readonly name: string;
  readonly zone: string;
  readonly layers: readonly Layer[];
  readonly overrides: readonly Override[];
  readonly swaps: readonly Swap[];
}

/** What put a person on call. */
export interface Reason {
  readonly kind: "layer" | "override" | "swap";
  /** The layer's name, or the id of the override or swap. */
  readonly name: string;
}

/** Somebody is on call. */
export interface Shift extends Span {
  readonly person: string;
  readonly because: Reason;
}
