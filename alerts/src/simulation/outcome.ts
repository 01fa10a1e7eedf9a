import type { Firing } from "./simulate.ts";
import type { Failure, Scraped } from "./world.ts";
import { countedBy } from "./world.ts";

/** What came of one failure for one contender. */
export interface Outcome {
  /** Seconds from its begin until somebody was told; undefined when nobody was. */
  readonly detection: number | undefined;
  /** Seconds from its end until the last of it was over; undefined when nobody was told or it never ended. */
  readonly reset: number | undefined;
  /** Share of the budget that it had spent when somebody was told. */
  readonly budget: number | undefined;
}

const errorsBetween = (scraped: Scraped, from: number, to: number): number =>
  countedBy(scraped, "bad", to) - countedBy(scraped, "bad", from);

/**
 * Looks at what fired from the begin of a failure until `grace` seconds after its end.
 * @param budget events that may fail in the whole window
 * @returns undefined when something fired already before
 */
export function outcomeOf(
  failure: Failure,
  firings: readonly Firing[],
  scraped: Scraped,
  budget: number,
  grace: number,
): Outcome | undefined {
  const { begin, end } = failure;
  if (firings.some((firing) => firing.begin < begin && firing.end > begin)) return undefined;
  const mine = firings.filter((firing) => firing.begin >= begin && firing.begin < end + grace);
  const [first] = mine;
  const last = mine.at(-1);
  if (!first || !last) return { detection: undefined, reset: undefined, budget: undefined };
  return {
    detection: first.begin - begin,
    reset: Number.isFinite(last.end) ? Math.max(0, last.end - end) : undefined,
    budget: errorsBetween(scraped, begin, first.begin) / budget,
  };
}

/** Share of the budget that a failure spent in all. */
export const spentBy = (failure: Failure, scraped: Scraped, budget: number): number =>
  errorsBetween(scraped, failure.begin, failure.end + scraped.interval) / budget;

/** The value that a share of all values does not exceed; what never came is later than everything. */
export function quantile(values: readonly (number | undefined)[], share: number): number | undefined {
  const sorted = values.map((value) => value ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}
