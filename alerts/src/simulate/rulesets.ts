import type { Preset } from "@watchkeeper/catalogue/slo";
import { DEVIATIONS, FLOOR, pageTiers, STILL } from "../slo/tiers.ts";
import { ruleTiming, secondsOf } from "../slo/timing.ts";
import { type Counts, countAt, within } from "./counts.ts";
import type { Scraped } from "./traffic.ts";

/** When a set of rules pages: a firing stretch from its first second to the one at which it is over. */
export interface Page {
  readonly from: number;
  readonly to: number;
}

export type RuleSet = (scraped: readonly Scraped[], objective: number) => readonly Page[];

const DAY = 86_400;
const WINDOW_DAYS = 30;

/** Stretches in which a condition held, after having held for `forSeconds`. */
function stretches(
  { every, first, events }: Counts,
  holds: (e: number) => boolean,
  forSeconds = 0,
): readonly Page[] {
  const pages: Page[] = [];
  let since: number | undefined;
  for (let e = 1; e < events.length; e += 1) {
    if (holds(e)) since ??= e;
    else if (since !== undefined) {
      if ((e - since) * every > forSeconds) {
        pages.push({ from: first + since * every + forSeconds, to: first + e * every });
      }
      since = undefined;
    }
  }
  if (since !== undefined) {
    pages.push({ from: first + since * every + forSeconds, to: first + events.length * every });
  }
  return pages;
}

/** Several alerts are one page while any of them fires. */
function union(all: readonly (readonly Page[])[]): readonly Page[] {
  const merged: { from: number; to: number }[] = [];
  for (const page of all.flat().sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && page.from <= last.to) last.to = Math.max(last.to, page.to);
    else merged.push({ ...page });
  }
  return merged;
}

/** Ours, as `shared-rules.ts` writes them. */
const ours =
  (preset: Preset): RuleSet =>
  (scraped, objective) => {
    const counts = countAt(scraped, { every: ruleTiming.interval, first: 7, lag: ruleTiming.lag });
    const { every, events, errors } = counts;
    const budget = 1 - objective;
    const still = secondsOf(STILL);
    const tiers = pageTiers[preset].map((tier) => ({
      ...tier,
      s: secondsOf(tier.short),
      l: secondsOf(tier.long),
    }));
    const E = (e: number, w: number) => within(errors, e, w, every);
    const N = (e: number, w: number) => within(events, e, w, every) * budget;
    return stretches(counts, (e) => {
      if (E(e, tiers.at(-1)?.l ?? 0) === 0) return false;
      const young = Math.min(720, Math.max(1, (WINDOW_DAYS * DAY) / Math.max(3_600, e * every)));
      const allowed = N(e, WINDOW_DAYS * DAY) * young;
      return tiers.some(({ s, l, share, atEvenTraffic }) => {
        const [long, short, expected] = [E(e, l), E(e, s), N(e, l)];
        if (long <= 1 + expected + DEVIATIONS * Math.sqrt(expected)) return false;
        const weighted = long >= share * allowed && short >= ((share * s) / l) * allowed;
        const rate = (share * WINDOW_DAYS * DAY) / l;
        const even =
          atEvenTraffic === true &&
          long > rate * expected &&
          short > rate * N(e, s) &&
          long >= share * FLOOR * allowed;
        return (weighted || even) && (s <= still || E(e, still) > N(e, still));
      });
    });
  };

/** The share of errors as `rate()` over a window sees it: from the first sample in the window to the last. */
const ratio = ({ every, events, errors }: Counts, e: number, window: number, scrapeEvery: number): number => {
  const total = within(events, e, window - scrapeEvery, every);
  return total > 0 ? within(errors, e, window - scrapeEvery, every) / total : Number.NaN;
};

interface BurnPair {
  readonly short: number;
  readonly long: number;
  readonly burnRate: number;
  readonly forSeconds: number;
}

/** Rules that compare burn rates over two windows, evaluated a while after the ratios that they read were recorded. */
const burnPairs =
  (pairs: readonly BurnPair[], every: number, delay: number): RuleSet =>
  (scraped, objective) => {
    const counts = countAt(scraped, { every, first: 7, lag: 0, scrapeEvery: every });
    const budget = 1 - objective;
    const pages = pairs.map(({ short, long, burnRate, forSeconds }) =>
      stretches(
        counts,
        (e) =>
          (counts.errors[e] ?? 0) > 0 &&
          ratio(counts, e, short, every) > burnRate * budget &&
          ratio(counts, e, long, every) > burnRate * budget,
        forSeconds,
      ),
    );
    return union(pages).map(({ from, to }) => ({ from: from + delay, to: to + delay }));
  };

const MINUTE = 60;
const HOUR = 3_600;

/** Sloth's default page: SRE workbook's four windows, no `for`. */
const slothPairs: readonly BurnPair[] = [
  { short: 5 * MINUTE, long: HOUR, burnRate: 14.4, forSeconds: 0 },
  { short: 30 * MINUTE, long: 6 * HOUR, burnRate: 6, forSeconds: 0 },
];

/** Pyrra's two critical alerts, with their `for`. */
const pyrraPairs: readonly BurnPair[] = [
  { short: 5 * MINUTE, long: HOUR, burnRate: 14, forSeconds: 2 * MINUTE },
  { short: 30 * MINUTE, long: 6 * HOUR, burnRate: 7, forSeconds: 15 * MINUTE },
];

/** More than 5 % errors over five minutes, for five minutes. */
const naive: RuleSet = (scraped) => {
  const counts = countAt(scraped, { every: 15, first: 7, lag: 0 });
  return stretches(counts, (e) => ratio(counts, e, 5 * MINUTE, 15) > 0.05, 5 * MINUTE);
};

/** Half of the time between two evaluations: a group of alerts runs at its own moment. */
const otherGroup = (every: number): number => every / 2;

/** The rules that are compared. Sloth's and pyrra's run every 30 s, as their files say. */
export const ruleSets = {
  strict: ours("strict"),
  balanced: ours("balanced"),
  sloth: burnPairs(slothPairs, 30, otherGroup(30)),
  sloth_15s: burnPairs(slothPairs, 15, otherGroup(15)),
  pyrra: burnPairs(pyrraPairs, 30, 0),
  naive,
} as const satisfies Record<string, RuleSet>;

export type RuleSetName = keyof typeof ruleSets;
export const ruleSetNames = Object.keys(ruleSets) as readonly RuleSetName[];
