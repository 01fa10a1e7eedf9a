import type { ExternalMetric } from "@watchkeeper/catalogue/external";
import * as external from "@watchkeeper/catalogue/external";
import type { Metric } from "@watchkeeper/catalogue/metric";
import * as auth from "@watchkeeper/catalogue/metrics/auth";
import * as business from "@watchkeeper/catalogue/metrics/business";
import * as cache from "@watchkeeper/catalogue/metrics/cache";
import * as collector from "@watchkeeper/catalogue/metrics/collector";
import * as database from "@watchkeeper/catalogue/metrics/database";
import * as dependency from "@watchkeeper/catalogue/metrics/dependency";
import * as exporter from "@watchkeeper/catalogue/metrics/exporter";
import * as http from "@watchkeeper/catalogue/metrics/http";
import * as log from "@watchkeeper/catalogue/metrics/log";
import * as pager from "@watchkeeper/catalogue/metrics/pager";
import * as problems from "@watchkeeper/catalogue/metrics/problems";
import * as redis from "@watchkeeper/catalogue/metrics/redis";
import * as runtime from "@watchkeeper/catalogue/metrics/runtime";
import * as search from "@watchkeeper/catalogue/metrics/search";
import * as telemetry from "@watchkeeper/catalogue/metrics/telemetry";
import * as tenant from "@watchkeeper/catalogue/metrics/tenant";

/** A metric and how a file of `catalogue/src/slos/` speaks of it. */
export interface MetricSource {
  readonly metric: Metric | ExternalMetric;
  /** The name of the constant, and the file that exports it. */
  readonly constant: string;
  readonly module: string;
}

const families: Readonly<Record<string, object>> = {
  "../external.ts": external,
  "../metrics/auth.ts": auth,
  "../metrics/cache.ts": cache,
  "../metrics/database.ts": database,
  "../metrics/dependency.ts": dependency,
  "../metrics/http.ts": http,
  "../metrics/pager.ts": pager,
  "../metrics/runtime.ts": runtime,
  "../metrics/search.ts": search,
  "../metrics/tenant.ts": tenant,
  "../metrics/telemetry.ts": telemetry,
  "../metrics/problems.ts": problems,
  "../metrics/exporter.ts": exporter,
  "../metrics/business.ts": business,
  "../metrics/collector.ts": collector,
  "../metrics/log.ts": log,
  "../metrics/redis.ts": redis,
};

/** Every metric that a promise can be about. */
export const metricSources: readonly MetricSource[] = Object.entries(families).flatMap(([module, exported]) =>
  Object.entries(exported as Readonly<Record<string, Metric | ExternalMetric>>).map(([constant, metric]) => ({
    metric,
    constant,
    module,
  })),
);

/** What of a metric a series is: all of a counter or gauge, or a part of a histogram. */
export interface SeriesSource extends MetricSource {
  readonly part: "series" | "bucket" | "count";
}

/** The metric behind a series' name, if there is one. */
export function sourceOf(name: string): SeriesSource | undefined {
  for (const source of metricSources) {
    const histogram = source.metric.type === "histogram";
    if (!histogram && source.metric.name === name) return { ...source, part: "series" };
    if (histogram && name === `${source.metric.name}_bucket`) return { ...source, part: "bucket" };
    if (histogram && name === `${source.metric.name}_count`) return { ...source, part: "count" };
  }
  return undefined;
}
