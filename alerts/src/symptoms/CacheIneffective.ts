import { cacheHitsTotal, cacheMissesTotal } from "@watchkeeper/catalogue/metrics/cache";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";
import { redisUnreachable } from "./RedisUnreachable.ts";

const of = { job: "app", instance: "a", cache: "profile" } as const;
const hits = promql`sum by (cache) (rate(${series(cacheHitsTotal, { job: "app" })}[15m]))`;
const misses = promql`sum by (cache) (rate(${series(cacheMissesTotal, { job: "app" })}[15m]))`;

/** DirectoryCache promises 70 % over a month for all caches; this is one cache that is of no use today. */
export const cacheIneffective = defineAlert({
  name: "CacheIneffective",
  expr: promql`${hits} / (${hits} + ${misses}) < 0.5 and (${hits} + ${misses}) > 0.1`,
  for: "15m",
  severity: "ticket",
  service: "app",
  owner: "directory",
  summary: "A cache of the Company Directory misses most of the time.",
  description:
    "The cache {{ $labels.cache }} answers {{ $value | humanizePercentage }} of its look-ups (less than 50 %).",
  runbook: {
    meaning: "Half or more of a cache's look-ups have missed for a quarter of an hour, at real traffic.",
    impact: "Pages are slower than they need to be, PostgreSQL is busier.",
    firstQuery: promql`${hits} / (${hits} + ${misses})`,
    diagnosis: [
      "RedisUnreachable fires as well: that is the cause.",
      "It began with a new version: its keys may have changed; it fills by itself.",
      "It goes on: entries are forgotten too often or evicted; look at Redis' memory.",
    ],
    mitigation: ["Bring Redis back, or give it more memory."],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "performance",
  panel: "performance/cache-ratio-history",
  logs: "app",
  inhibitedBy: {
    alerts: [redisUnreachable],
    because: "caches live in Redis: without it all of them miss",
  },
  tests: {
    fires: [
      {
        title: "a dead cache",
        input: [
          { series: series(cacheHitsTotal, of), values: "0x140" },
          { series: series(cacheMissesTotal, of), values: "0+15x140" },
        ],
        at: "34m",
        labels: { cache: "profile" },
        description: "The cache profile answers 0% of its look-ups (less than 50 %).",
      },
    ],
    quiet: [
      {
        title: "nine of ten hit",
        input: [
          { series: series(cacheHitsTotal, of), values: "0+90x140" },
          { series: series(cacheMissesTotal, of), values: "0+10x140" },
        ],
        at: "34m",
      },
      {
        title: "nobody asks",
        input: [
          { series: series(cacheHitsTotal, of), values: "0x140" },
          { series: series(cacheMissesTotal, of), values: "0x140" },
        ],
        at: "34m",
      },
      {
        title: "a few cold look-ups at night",
        input: [
          { series: series(cacheHitsTotal, of), values: "0x140" },
          { series: series(cacheMissesTotal, of), values: "0+1x140" },
        ],
        at: "34m",
      },
    ],
  },
});
