import type { Clock } from "@watchkeeper/process/clock";

/** Failed sign-ins of everybody together that are answered in a minute; the others are turned away. */
const PER_MINUTE = 10;

export interface Attempts {
  /** Notes a failure. @returns the seconds to wait when there were too many, else 0 */
  fail(): number;
}

/** Only failures are counted and limited: a right token always works, so nobody can be locked out. */
export function createAttempts(clock: Clock): Attempts {
  let failures: number[] = [];
  return {
    fail() {
      const now = clock.now();
      failures = failures.filter((at) => now - at < 60_000).slice(-PER_MINUTE);
      const [oldest] = failures;
      if (failures.length >= PER_MINUTE && oldest !== undefined)
        return Math.ceil((oldest + 60_000 - now) / 1_000);
      failures.push(now);
      return 0;
    },
  };
}
