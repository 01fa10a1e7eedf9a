import { defineCounter } from "../metric.ts";

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
