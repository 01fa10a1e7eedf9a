import { probeSuccess, up } from "@watchkeeper/catalogue/external";
import {
  httpRequestDurationSeconds,
  httpRequestsInFlight,
  httpRequestsTotal,
} from "@watchkeeper/catalogue/metrics/http";
import { pagerWatchdogLastSeenTimestampSeconds } from "@watchkeeper/catalogue/metrics/pager";
import { buckets, Expr, match, promql, series } from "@watchkeeper/catalogue/promql";
import { demoHistory } from "@watchkeeper/catalogue/recorded";
import type { ranges } from "./model.ts";

/** Every question that the console asks Prometheus. A browser chooses a range, never an expression. */

type Window = (typeof ranges)[keyof typeof ranges]["window"];

const app = { job: "app" } as const;

/**
 * A directory that runs and has not been asked anything has no series of requests: that is 0, not unknown. The
 * gauge of requests in flight is always there; seen twice, there was time for a rate.
 */
const zeroWhileUp = (window: Window): Expr =>
  promql`0 * count(count_over_time(${series(httpRequestsInFlight, app)}[${new Expr(window)}]) >= 2)`;

export const requestRate = (window: Window): Expr =>
  promql`sum(rate(${series(httpRequestsTotal, app)}[${new Expr(window)}])) or ${zeroWhileUp(window)}`;

/** NaN without requests. */
export const errorRatio = (window: Window): Expr =>
  promql`(sum(rate(${series(httpRequestsTotal, { ...app, status: match("5..") })}[${new Expr(window)}])) or ${zeroWhileUp(window)})
    / (${requestRate(window)})`;

/** Seconds; NaN without requests. */
export const latency = (quantile: 0.5 | 0.95 | 0.99, window: Window): Expr =>
  promql`histogram_quantile(${quantile}, sum by (le) (rate(${buckets(httpRequestDurationSeconds, app)}[${new Expr(window)}])))
    or ${zeroWhileUp(window)} / 0`;

export const targets = promql`${series(up)}`;

/** How far back we look for a target's last change, and how finely. */
const CHANGES = new Expr("6h:1m");

/** Unix seconds at which each target was last up. */
export const lastUp = promql`max_over_time(timestamp(${series(up)} == 1)[${CHANGES}])`;
/** Unix seconds at which each target was last down. */
export const lastDown = promql`max_over_time(timestamp(${series(up)} == 0)[${CHANGES}])`;
/** Unix seconds at which each target was first watched. */
export const firstSeen = promql`min_over_time(timestamp(${series(up)})[${CHANGES}])`;

/** Unix seconds until which what is shown was made up. */
export const demoUntil = (seconds: number): Expr =>
  promql`max_over_time(${series(demoHistory)}[${new Expr(`${seconds}s`)}])`;

export const outside = promql`min(${series(probeSuccess, { target: "app" })})`;

/** Unix seconds; 0 before the first. */
export const watchdogSeen = promql`max(${series(pagerWatchdogLastSeenTimestampSeconds)})`;
