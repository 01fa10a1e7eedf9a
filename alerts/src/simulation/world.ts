import type { Random } from "./random.ts";

/** A stretch of time during which more fails than usual. In seconds since the begin of the world. */
export interface Failure {
  readonly begin: number;
  readonly end: number;
  /** Share of requests that fail. */
  readonly share: number;
}

/** A service as it is, before anybody looks at it. */
export interface World {
  readonly seconds: number;
  readonly instances: number;
  /** Requests per second to all instances together. */
  rate(second: number): number;
  /** Share of requests that fail at all times. */
  readonly background: number;
  /** In the order of their begin; they do not overlap. */
  readonly failures: readonly Failure[];
  /** Whether an instance shows its errors' series from its start or only once it has one. */
  readonly errorSeries: "from the start" | "at the first error";
}

/** What Prometheus has of one instance: a sample of both counters at `phase`, `phase + interval` and so on. */
export interface Target {
  readonly phase: number;
  readonly total: Float64Array;
  readonly bad: Float64Array;
  /** The first sample of `bad` that there is. */
  readonly badBorn: number;
}

export interface Scraped {
  readonly interval: number;
  readonly targets: readonly Target[];
}

/** For how long some of the failures lasted between two moments, each weighted with its share. */
function failing(failures: readonly Failure[], from: number, to: number, first: number): number {
  let weighted = 0;
  for (let i = first; i < failures.length; i += 1) {
    const { begin, end, share } = failures[i] as Failure;
    if (begin >= to) break;
    weighted += Math.max(0, Math.min(end, to) - Math.max(begin, from)) * share;
  }
  return weighted;
}

function scrapeTarget(world: World, interval: number, phase: number, random: Random): Target {
  const scrapes = Math.floor((world.seconds - phase) / interval) + 1;
  const total = new Float64Array(scrapes);
  const bad = new Float64Array(scrapes);
  let current = 0;
  for (let scrape = 1; scrape < scrapes; scrape += 1) {
    const to = phase + scrape * interval;
    const from = to - interval;
    while ((world.failures[current]?.end ?? Number.POSITIVE_INFINITY) <= from) current += 1;
    const expected = (world.rate((from + to) / 2) * interval) / world.instances;
    const share = Math.min(1, world.background + failing(world.failures, from, to, current) / interval);
    const errors = random.poisson(expected * share);
    bad[scrape] = (bad[scrape - 1] as number) + errors;
    total[scrape] = (total[scrape - 1] as number) + random.poisson(expected * (1 - share)) + errors;
  }
  const first = world.errorSeries === "from the start" ? 0 : bad.findIndex((value) => value > 0);
  return { phase, total, bad, badBorn: first === -1 ? scrapes : first };
}

/** Lets Prometheus scrape a world every `interval` seconds, each instance at a moment of its own. */
export const scrape = (world: World, interval: number, random: Random, inPhase = false): Scraped => ({
  interval,
  targets: Array.from({ length: world.instances }, () =>
    scrapeTarget(world, interval, inPhase ? 0 : random.uniform() * interval, random),
  ),
});

/** The last scrape that is not after a moment; -1 before the first. */
export const scrapeAt = ({ phase, total }: Target, interval: number, second: number): number =>
  Math.min(total.length - 1, Math.floor((second - phase) / interval));

/** What all instances have counted by then. */
export function countedBy(scraped: Scraped, kind: "total" | "bad", second: number): number {
  let sum = 0;
  for (const target of scraped.targets) {
    const last = scrapeAt(target, scraped.interval, second);
    if (last > 0) sum += target[kind][last] as number;
  }
  return sum;
}
