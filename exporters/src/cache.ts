import type { LabelValue } from "@watchkeeper/catalogue/labels";
import {
  cacheErrorsTotal,
  cacheHitsTotal,
  cacheLookupDurationSeconds,
  cacheMissesTotal,
} from "@watchkeeper/catalogue/metrics/cache";
import type { Metrics } from "./metrics.ts";
import { inSpan } from "./span.ts";

type CacheName = LabelValue<"cache">;

export interface CacheCounts {
  hit(cache: CacheName): void;
  miss(cache: CacheName): void;
  /** The cache could not be asked. */
  error(cache: CacheName): void;
  /** Times a look-up, whatever comes of it, and gives it a span. */
  time<T>(cache: CacheName, lookup: () => Promise<T>): Promise<T>;
}

/** Counts and times look-ups in caches. A look-up that the cache could not even try is neither hit nor miss. */
export function countCacheLookups(metrics: Metrics): CacheCounts {
  const hits = metrics.counter(cacheHitsTotal);
  const misses = metrics.counter(cacheMissesTotal);
  const errors = metrics.counter(cacheErrorsTotal);
  const duration = metrics.histogram(cacheLookupDurationSeconds);
  return {
    hit: (cache) => hits.inc({ cache }),
    miss: (cache) => misses.inc({ cache }),
    error: (cache) => errors.inc({ cache }),
    async time(cache, lookup) {
      const start = performance.now();
      try {
        return await inSpan(`cache ${cache}`, {}, lookup);
      } finally {
        duration.observe({ cache }, (performance.now() - start) / 1_000);
      }
    },
  };
}
