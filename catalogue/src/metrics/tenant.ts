import { defineCounter, defineHistogram } from "../metric.ts";

const emittedBy = ["app"] as const;

/** Only requests of somebody who is signed in have a tenant. The sum over all tenants is exact, `other` included. */
export const tenantRequestsTotal = defineCounter({
  name: "tenant_requests_total",
  help: "HTTP requests of each of the largest tenants, by what became of them",
  unit: "items",
  labels: ["tenant", "request_result"],
  emittedBy,
});

/** The edges are those of `http_request_duration_seconds` at which latency is promised. */
export const tenantRequestDurationSeconds = defineHistogram({
  name: "tenant_request_duration_seconds",
  help: "Time to the end of the answer for each of the largest tenants",
  unit: "seconds",
  labels: ["tenant"],
  buckets: [0.05, 0.1, 0.15, 0.2, 0.5, 1, 2],
  emittedBy,
});
