import type { ExternalMetric } from "@watchkeeper/catalogue/external";
import { httpRequestDurationSeconds, httpRequestsTotal } from "@watchkeeper/catalogue/metrics/http";
import { recorded } from "@watchkeeper/catalogue/names";
import { buckets, type Expr, match, promql, series } from "@watchkeeper/catalogue/promql";

/** A series that Prometheus computes and keeps. It can be selected like any series that it scrapes. */
export interface Recording<Label extends string = string> extends ExternalMetric<Label> {
  readonly expr: Expr;
}

/** Defines a recorded series. @throws Error when the name is not `level:metric:operations` */
function defineRecording<const Label extends string = never>(
  name: string,
  expr: Expr,
  labels: readonly Label[] = [],
): Recording<Label> {
  if (!/^[a-z_]+:[a-z_]+:[a-z0-9_]+$/.test(name)) {
    throw new Error(`Cannot define recording "${name}" as its name must be level:metric:operations`);
  }
  return Object.freeze({ type: "external", name, labels, expr });
}

const requests = promql`sum by (job) (rate(${series(httpRequestsTotal)}[5m]))`;
const failures = promql`sum by (job) (rate(${series(httpRequestsTotal, { status: match("5..") })}[5m]))`;

/** Requests a second of each service. */
export const requestRate = defineRecording(recorded.requestRate, requests);

/** Share of requests that failed by the server's fault. `or 0 *` makes a service without one failure a 0, not a gap. */
export const errorRatio = defineRecording(
  recorded.errorRatio,
  promql`(${failures} or 0 * ${requests}) / ${requests}`,
);

/** Seconds; over weeks its buckets would be read by the million. */
export const latencyP95 = defineRecording(
  recorded.latencyP95,
  promql`histogram_quantile(0.95, sum by (job, le) (rate(${buckets(httpRequestDurationSeconds)}[5m])))`,
);

export const recordings: readonly Recording[] = [requestRate, errorRatio, latencyP95];
