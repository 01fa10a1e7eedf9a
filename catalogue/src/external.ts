/**
 * Series that Prometheus itself or a foreign exporter makes and that our rules and boards read.
 * Their names and labels are their authors'; nothing here is emitted by us.
 */
export interface ExternalMetric<Label extends string = string> {
  readonly type: "external";
  readonly name: string;
  readonly labels: readonly Label[];
}

const external = <const Label extends string = never>(
  name: string,
  labels: readonly Label[] = [],
): ExternalMetric<Label> => ({ type: "external", name, labels });

/** 1 while Prometheus can scrape the target. */
export const up = external("up");

/** 1 while the blackbox exporter's probe succeeds. */
export const probeSuccess = external("probe_success", ["target"]);

/** 1 while the PostgreSQL exporter can query its server. */
export const pgUp = external("pg_up");

/** 1 while the Redis exporter can query its server. */
export const redisUp = external("redis_up");
