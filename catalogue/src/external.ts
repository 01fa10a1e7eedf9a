import type { Unit } from "./metric.ts";

/**
 * Series that Prometheus itself or a foreign exporter makes and that our rules and boards read.
 * Their names and labels are their authors'; nothing here is emitted by us.
 */
export interface ExternalMetric<Label extends string = string> {
  readonly type: "external";
  readonly name: string;
  readonly labels: readonly Label[];
}

/** A foreign series that boards show: it says what it means as ours do. */
export interface ForeignMetric<Label extends string = string> extends ExternalMetric<Label> {
  readonly kind: "counter" | "gauge" | "histogram";
  readonly unit: Unit;
  /** One sentence without a full stop, in our words. */
  readonly help: string;
}

/** Writes down what a foreign series means. The series of a histogram's buckets is one of its own. */
export const foreign = <const Label extends string = never>(
  kind: ForeignMetric["kind"],
  name: string,
  unit: Unit,
  help: string,
  labels: readonly Label[] = [],
): ForeignMetric<Label> => ({ type: "external", kind, name, unit, help, labels });

/** 1 while Prometheus can scrape the target. */
export const up = foreign("gauge", "up", "items", "1 while Prometheus can scrape the target, 0 otherwise");

/** 1 while the blackbox exporter's probe succeeds. */
export const probeSuccess = foreign(
  "gauge",
  "probe_success",
  "items",
  "1 while a request from outside succeeds, 0 otherwise",
  ["target"],
);

/** 1 while the PostgreSQL exporter can query its server. */
export const pgUp = foreign(
  "gauge",
  "pg_up",
  "items",
  "1 while the exporter can query PostgreSQL, 0 otherwise",
);

/** 1 while the Redis exporter can query its server. */
export const redisUp = foreign(
  "gauge",
  "redis_up",
  "items",
  "1 while the exporter can query Redis, 0 otherwise",
);

/** One series for each alert that is pending or firing. Info alerts ask nothing of anybody. */
export const alerts = foreign("gauge", "ALERTS", "items", "1 for each alert that is pending or firing", [
  "alertname",
  "alertstate",
  "severity",
  "service",
  "owner",
]);

/** Of a probe that speaks TLS; a probe of plain HTTP has none. */
export const probeSslEarliestCertExpiry = foreign(
  "gauge",
  "probe_ssl_earliest_cert_expiry",
  "timestamp_seconds",
  "When the earliest certificate that the probe was shown expires, in Unix time",
  ["target"],
);
