import {
  cacheErrorsTotal,
  cacheHitsTotal,
  cacheLookupDurationSeconds,
  cacheMissesTotal,
} from "@watchkeeper/catalogue/metrics/cache";
import { buckets, promql, series } from "@watchkeeper/catalogue/promql";
import type { Row } from "../board.ts";
import { label, query, rateInterval } from "../query.ts";
import { atMost, falling } from "../thresholds.ts";
import type { Chosen } from "./chosen.ts";

/** How much work the caches save, and what they cost. */
export const cachesRow = (process: Chosen): Row => {
  const hits = (window = rateInterval) =>
    promql`sum by (cache) (rate(${series(cacheHitsTotal, process)}[${window}]))`;
  const misses = (window = rateInterval) =>
    promql`sum by (cache) (rate(${series(cacheMissesTotal, process)}[${window}]))`;
  return {
    title: "Caches",
    panels: [
      {
        type: "bargauge",
        key: "cache-ratio",
        title: "Answered from the cache",
        about: "Share of the last hour's look-ups that needed no database. The promise is 70 %.",
        width: 8,
        metric: cacheHitsTotal,
        unit: "percentunit",
        decimals: 0,
        queries: [
          query(
            promql`
              sum by (cache) (increase(${series(cacheHitsTotal, process)}[1h]))
              / (sum by (cache) (increase(${series(cacheHitsTotal, process)}[1h]))
                + sum by (cache) (increase(${series(cacheMissesTotal, process)}[1h]))) >= 0`,
            label(cacheHitsTotal, "cache"),
          ),
        ],
        max: 1,
        thresholds: falling(0.7, 0.5),
        nothing: "nobody asked",
      },
      {
        type: "timeseries",
        key: "cache-ratio-history",
        title: "Answered from the cache, over time",
        about: "A fall after a release or a restart is a cold cache; a fall that stays is a mistake.",
        width: 16,
        metric: cacheHitsTotal,
        unit: "percentunit",
        max: 1,
        queries: [query(promql`${hits()} / (${hits()} + ${misses()})`, label(cacheHitsTotal, "cache"))],
        thresholds: falling(0.7, 0.5),
      },
      {
        type: "timeseries",
        key: "cache-duration",
        title: "95 % of cache look-ups take less than",
        about: "A cache that is slower than 10 ms is Redis that is busy, or far away.",
        width: 12,
        metric: cacheLookupDurationSeconds,
        queries: [
          query(
            promql`
              histogram_quantile(0.95, sum by (cache, le) (
                rate(${buckets(cacheLookupDurationSeconds, process)}[${rateInterval}])))`,
            label(cacheLookupDurationSeconds, "cache"),
          ),
        ],
        thresholds: atMost(0.01),
      },
      {
        type: "timeseries",
        key: "cache-errors",
        title: "Look-ups that could not be tried",
        about: "Redis was away: the database answered instead, more slowly.",
        width: 12,
        metric: cacheErrorsTotal,
        unit: "ops",
        queries: [
          query(
            promql`sum by (cache) (rate(${series(cacheErrorsTotal, process)}[${rateInterval}]))`,
            label(cacheErrorsTotal, "cache"),
          ),
        ],
      },
    ],
  };
};
