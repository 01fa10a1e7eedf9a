import type { LabelValue } from "@watchkeeper/catalogue/labels";
import { cacheHitsTotal, cacheMissesTotal } from "@watchkeeper/catalogue/metrics/cache";
import type { Metrics } from "./metrics.ts";

export interface CacheCounts {
  hit(cache: LabelValue<"cache">): void;
  miss(cache: LabelValue<"cache">): void;
}

/** Counts look-ups in caches. A look-up that the cache could not even try counts as neither. */
export function countCacheLookups(metrics: Metrics): CacheCounts {
  const hits = metrics.counter(cacheHitsTotal);
  const misses = metrics.counter(cacheMissesTotal);
  return { hit: (cache) => hits.inc({ cache }), miss: (cache) => misses.inc({ cache }) };
}
