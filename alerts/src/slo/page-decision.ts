import { DEVIATIONS, type PageTier, STILL } from "./tiers.ts";
import { secondsOf } from "./timing.ts";

/** What a promise had counted at each of numbered looks, over the seconds before it. */
export interface Counts {
  errorsIn(look: number, seconds: number): number;
  /** Errors that the promise allows for at the traffic of these seconds. */
  allowedIn(look: number, seconds: number): number;
  /** Errors that may happen over the whole window. */
  budgetAt(look: number): number;
}

/** A number as rules write it: twelve digits, so that a look at the very edge is judged as they judge it. */
export const written = (value: number): number => Number(value.toPrecision(12));

/**
 * The expression of a page as a program, for those that ask what rules would say without running them.
 * @param windowSeconds how long the promise's window is
 */
export function pageDecision(
  tier: PageTier,
  windowSeconds: number,
  counts: Counts,
): (look: number) => boolean {
  const [short, long, still] = [secondsOf(tier.short), secondsOf(tier.long), secondsOf(STILL)];
  const { share, atEvenTraffic } = tier;
  const rate = written((share * windowSeconds) / long);
  const shareOfShort = written((share * short) / long);
  const floor = atEvenTraffic === undefined ? undefined : written(share * atEvenTraffic);
  return (look) => {
    const inLong = counts.errorsIn(look, long);
    const allowed = counts.allowedIn(look, long);
    if (!(inLong > 1 + allowed + DEVIATIONS * Math.sqrt(allowed))) return false;
    const inShort = counts.errorsIn(look, short);
    const budget = counts.budgetAt(look);
    const weighted = inLong >= share * budget && inShort >= shareOfShort * budget;
    const even =
      floor !== undefined &&
      inLong > rate * allowed &&
      inShort > rate * counts.allowedIn(look, short) &&
      inLong >= floor * budget;
    if (!weighted && !even) return false;
    return short <= still || counts.errorsIn(look, still) > counts.allowedIn(look, still);
  };
}
