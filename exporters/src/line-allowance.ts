/** Decides which of many alike lines are written. */
export interface LineAllowance {
  /** @returns how many lines were held back since the last one that was written, or undefined: hold this one back too */
  ask(nowMs: number): number | undefined;
}

/**
 * Allows `perSecond` lines in each second and holds the others back. What was held back is told with the next line
 * that is written, so that counts from lines stay right.
 */
export function createLineAllowance(perSecond: number): LineAllowance {
  let second = 0;
  let written = 0;
  let heldBack = 0;
  return {
    ask(nowMs) {
      const now = Math.floor(nowMs / 1_000);
      if (now !== second) {
        second = now;
        written = 0;
      }
      if (written >= perSecond) {
        heldBack += 1;
        return undefined;
      }
      written += 1;
      const told = heldBack;
      heldBack = 0;
      return told;
    },
  };
}
