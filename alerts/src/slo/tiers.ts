import type { Preset } from "@watchkeeper/catalogue/slo";
import type { Duration } from "../alert.ts";

/** A page: so much of the budget was spent within `long`, and `short` shows that it still is. */
export interface PageTier {
  readonly short: Duration;
  readonly long: Duration;
  /** Share of the whole window's budget. */
  readonly share: number;
  /**
   * Set where a burn rate that would spend the share at even traffic is enough, as at night: the part of the share that
   * must really have been spent.
   */
  readonly atEvenTraffic?: number;
}

/** A ticket: the budget has been spent `burnRate` times as fast as allowed over `long`, and over `short` still is. */
export interface TicketTier {
  readonly short: Duration;
  readonly long: Duration;
  readonly burnRate: number;
}

/** A tier whose burn rate alone decides must have spent at least this part of the share that it stands for. */
export const FLOOR = 0.25;

/** For a page of 1 %, which is early already: less than seven tenths of a percent wakes nobody. */
const HIGH_FLOOR = 0.7;

/**
 * Two of them are Google's (SRE workbook, chapter 5: 2 % in 1 h and 5 % in 6 h). Those between find what lies between
 * sooner; they cost two samples each.
 */
const strict: readonly PageTier[] = [
  { short: "3m", long: "30m", share: 0.02 },
  { short: "5m", long: "1h", share: 0.02, atEvenTraffic: FLOOR },
  { short: "10m", long: "2h", share: 0.03 },
  { short: "20m", long: "4h", share: 0.04 },
  { short: "30m", long: "6h", share: 0.05, atEvenTraffic: FLOOR },
];

export const pageTiers: Readonly<Record<Preset, readonly PageTier[]>> = {
  strict,
  balanced: [
    { short: "1m", long: "10m", share: 0.01, atEvenTraffic: HIGH_FLOOR },
    { short: "3m", long: "30m", share: 0.015 },
    ...strict.slice(1),
  ],
};

/** SRE workbook, chapter 5: 10 % in 3 d. The shorter ones find twice the pace in half the time. */
export const ticketTiers: readonly TicketTier[] = [
  { short: "1h", long: "12h", burnRate: 3 },
  { short: "2h", long: "1d", burnRate: 1.8 },
  { short: "6h", long: "3d", burnRate: 1 },
];

/**
 * A page needs more errors than the promise allows for by one and as many standard deviations. With ten, two errors
 * of a service with five requests an hour are chance unless they come within an hour.
 */
export const DEVIATIONS = 10;

/** A page ends at the latest when this long has been as good as promised. */
export const STILL: Duration = "10m";
