import type { Clock } from "@watchkeeper/process/clock";

export interface TokenBuckets {
  /** Takes a token of `key`. @returns 0, or the milliseconds until there is one again */
  take(key: string): number;
}

/** Keys are chosen by callers; past this many the fullest buckets are forgotten, which only ever allows more. */
const MAX_KEYS = 1_000;

/**
 * One token bucket per key: `capacity` calls at once, then `perSecond` on average.
 */
export function createTokenBuckets(clock: Clock, capacity: number, perSecond: number): TokenBuckets {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  const level = (bucket: { tokens: number; atMs: number }, nowMs: number): number =>
    Math.min(capacity, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) / 1_000) * perSecond);

  return {
    take(key) {
      const nowMs = clock.now();
      const bucket = buckets.get(key) ?? { tokens: capacity, atMs: nowMs };
      const tokens = level(bucket, nowMs);
      if (tokens < 1) {
        buckets.set(key, { tokens, atMs: nowMs });
        return Math.ceil(((1 - tokens) / perSecond) * 1_000);
      }
      if (buckets.size >= MAX_KEYS && !buckets.has(key)) {
        const fullest = [...buckets].sort((a, b) => level(b[1], nowMs) - level(a[1], nowMs))[0];
        if (fullest) buckets.delete(fullest[0]);
      }
      buckets.set(key, { tokens: tokens - 1, atMs: nowMs });
      return 0;
    },
  };
}
