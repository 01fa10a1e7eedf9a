import { Expr } from "@watchkeeper/catalogue/promql";
import type { Duration } from "../alert.ts";
import { SCRAPE_INTERVAL, SCRAPE_TIMEOUT } from "../render/prometheus-config.ts";

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** A span as Prometheus writes it, in seconds. */
export const secondsOf = (duration: Duration): number =>
  Number(duration.slice(0, -1)) * SECONDS[duration.slice(-1) as keyof typeof SECONDS];

/** A span as a hole of a PromQL template. */
export const span = (duration: Duration): Expr => new Expr(duration);

/** When the rules of promises look at what. All in seconds. */
export interface RuleTiming {
  /** How often the rules are evaluated. */
  readonly interval: number;
  /** How far back the newest sample is read, so that no scrape is still under way. */
  readonly lag: number;
  /** How far back the last sample of a series is looked for: a longer gap is not counted. */
  readonly reach: number;
}

/**
 * Checks when rules look at what.
 * @throws Error when a scrape could still be under way at the time that is read: what it brings would be lost for good
 */
export function defineTiming(timing: RuleTiming, scrapeTimeout: number): RuleTiming {
  const refuse = (reason: string): never => {
    throw new Error(`Cannot time the rules of promises as ${reason}`);
  };
  if (timing.lag < scrapeTimeout) {
    refuse(`lag must be at least the scrape timeout of ${scrapeTimeout} s: current value is ${timing.lag} s`);
  }
  if (timing.interval <= 0) refuse(`interval must be more than 0 s: current value is ${timing.interval} s`);
  if (timing.reach < 4 * timing.interval) {
    refuse(`reach must be at least four intervals: current value is ${timing.reach} s`);
  }
  return timing;
}

/** The suite's own: a second more than a scrape may take, for what it brings to be written. */
export const ruleTiming = defineTiming(
  { interval: secondsOf(SCRAPE_INTERVAL), lag: secondsOf(SCRAPE_TIMEOUT) + 1, reach: 600 },
  secondsOf(SCRAPE_TIMEOUT),
);
