import { createRandom, type Random } from "./random.ts";

/** What happens to a service, in seconds from the begin of the simulation. */
export interface Trouble {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  /** Share of requests that fail. */
  readonly share: number;
}

/** A service whose counters are scraped. */
export interface Scenario {
  readonly seconds: number;
  /** Requests a second at a time. */
  readonly rate: (second: number) => number;
  /** Share that fails in good times. */
  readonly background: number;
  /** In order of time. They may overlap: the largest share counts. */
  readonly troubles: readonly Trouble[];
  readonly seed: number;
}

/** Every counter is read once in so many seconds, each instance at its own moment. */
export const SCRAPE_SECONDS = 15;
const INSTANCES = 4;

/** What an instance's counters show at each of its scrapes. Scrape `i` is at `i * SCRAPE_SECONDS + phase`. */
export interface Scraped {
  readonly phase: number;
  readonly events: Float64Array;
  readonly errors: Float64Array;
}

/** Seconds of a span that lie within a trouble, weighted by its share where troubles do not overlap. */
function failing(troubles: readonly Trouble[], from: number, to: number): number {
  let failed = 0;
  for (const trouble of troubles) {
    const overlap = Math.min(to, trouble.to) - Math.max(from, trouble.from);
    if (overlap > 0) failed += overlap * trouble.share;
  }
  return Math.min(failed, to - from);
}

function scrape({ seconds, rate, background, troubles }: Scenario, random: Random, phase: number): Scraped {
  const scrapes = Math.floor(seconds / SCRAPE_SECONDS);
  const events = new Float64Array(scrapes);
  const errors = new Float64Array(scrapes);
  let first = 0;
  for (let i = 1; i < scrapes; i += 1) {
    const to = i * SCRAPE_SECONDS + phase;
    const from = to - SCRAPE_SECONDS;
    while ((troubles[first]?.to ?? Number.POSITIVE_INFINITY) < from) first += 1;
    const near: Trouble[] = [];
    for (let k = first; (troubles[k]?.from ?? Number.POSITIVE_INFINITY) < to; k += 1) {
      near.push(troubles[k] as Trouble);
    }
    const share =
      near.length === 0 ? background : Math.max(background, failing(near, from, to) / SCRAPE_SECONDS);
    const mean = (rate(from) * SCRAPE_SECONDS) / INSTANCES;
    const failed = random.poisson(mean * share);
    errors[i] = (errors[i - 1] ?? 0) + failed;
    events[i] = (events[i - 1] ?? 0) + failed + random.poisson(mean * (1 - share));
  }
  return { phase, events, errors };
}

/** Lets a service live and scrapes it. */
export function scrapeAll(scenario: Scenario): readonly Scraped[] {
  const random = createRandom(scenario.seed);
  return Array.from({ length: INSTANCES }, () => scrape(scenario, random, random.next() * SCRAPE_SECONDS));
}
