import { SCRAPE_SECONDS, type Scraped } from "./traffic.ts";

/** What rules see when they are evaluated: sums over all instances, at each evaluation. */
export interface Counts {
  /** Seconds between two evaluations, and of the first. */
  readonly every: number;
  readonly first: number;
  readonly events: Float64Array;
  readonly errors: Float64Array;
}

/**
 * What is known at each evaluation.
 *
 * @param every seconds between evaluations, a multiple of the time between scrapes
 * @param first when the first one is
 * @param lag how far back the newest sample is read
 * @param scrapeEvery scrapes that are left out make a service that is scraped less often
 */
export function countAt(
  scraped: readonly Scraped[],
  {
    every,
    first,
    lag,
    scrapeEvery = SCRAPE_SECONDS,
  }: {
    readonly every: number;
    readonly first: number;
    readonly lag: number;
    readonly scrapeEvery?: number;
  },
): Counts {
  const scrapes = scraped[0]?.events.length ?? 0;
  const evaluations = Math.floor((scrapes * SCRAPE_SECONDS - first) / every);
  const events = new Float64Array(evaluations);
  const errors = new Float64Array(evaluations);
  const stride = scrapeEvery / SCRAPE_SECONDS;
  for (const [instance, { phase, events: seen, errors: failed }] of scraped.entries()) {
    const shift = instance % stride;
    for (let e = 0; e < evaluations; e += 1) {
      const newest = Math.floor((first + e * every - lag - phase) / SCRAPE_SECONDS);
      const read = newest - ((((newest - shift) % stride) + stride) % stride);
      if (read < 0) continue;
      events[e] = (events[e] ?? 0) + (seen[read] ?? 0);
      errors[e] = (errors[e] ?? 0) + (failed[read] ?? 0);
    }
  }
  return { every, first, events, errors };
}

/** How many there were within the last `window` seconds before evaluation `e`. */
export const within = (cumulative: Float64Array, e: number, window: number, every: number): number => {
  const before = e - Math.round(window / every);
  return (cumulative[e] ?? 0) - (before < 0 ? 0 : (cumulative[before] ?? 0));
};
