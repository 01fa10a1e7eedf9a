import { defineCounter, defineGauge, defineHistogram } from "../metric.ts";

const emittedBy = ["app", "pager", "console", "collector"] as const;

export const httpRequestsTotal = defineCounter({
  name: "http_requests_total",
  help: "HTTP requests answered, by method, route template and status code",
  unit: "items",
  labels: ["method", "route", "status"],
  emittedBy,
});

/** The edges include every latency promise: 50, 100, 150, 200 and 500 ms, 1 and 2 s. */
export const httpRequestDurationSeconds = defineHistogram({
  name: "http_request_duration_seconds",
  help: "Time from the request's first byte to the end of its answer",
  unit: "seconds",
  labels: ["method", "route", "status"],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5, 10],
  emittedBy,
});

export const httpRequestsInFlight = defineGauge({
  name: "http_requests_in_flight",
  help: "HTTP requests being answered right now",
  unit: "items",
  labels: [],
  emittedBy,
});

/** Heads are part of it: a cookie of 8 kB is a size that somebody must know of. */
const sizes = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000] as const;

export const httpRequestSizeBytes = defineHistogram({
  name: "http_request_size_bytes",
  help: "Bytes of HTTP requests on the wire, heads included",
  unit: "bytes",
  labels: ["route"],
  buckets: sizes,
  emittedBy,
});

export const httpResponseSizeBytes = defineHistogram({
  name: "http_response_size_bytes",
  help: "Bytes of HTTP answers on the wire, heads included",
  unit: "bytes",
  labels: ["route"],
  buckets: sizes,
  emittedBy,
});
