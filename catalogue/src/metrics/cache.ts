import { defineCounter, defineHistogram } from "../metric.ts";

export const cacheHitsTotal = defineCounter({
  name: "cache_hits_total",
  help: "Look-ups that a cache answered",
  unit: "items",
  labels: ["cache"],
  emittedBy: ["app"],
});

export const cacheMissesTotal = defineCounter({
  name: "cache_misses_total",
  help: "Look-ups that a cache could not answer",
  unit: "items",
  labels: ["cache"],
  emittedBy: ["app"],
});

export const cacheErrorsTotal = defineCounter({
  name: "cache_errors_total",
  help: "Look-ups that a cache could not even try",
  unit: "items",
  labels: ["cache"],
  emittedBy: ["app"],
});

export const cacheLookupDurationSeconds = defineHistogram({
  name: "cache_lookup_duration_seconds",
  help: "Time a look-up in a cache took, those that failed included",
  unit: "seconds",
  labels: ["cache"],
  buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5],
  emittedBy: ["app"],
});
