import type { Metric } from "../metric.ts";
import type { ServiceName } from "../services.ts";
import * as auth from "./auth.ts";
import * as business from "./business.ts";
import * as cache from "./cache.ts";
import * as collector from "./collector.ts";
import * as database from "./database.ts";
import * as dependency from "./dependency.ts";
import * as exporter from "./exporter.ts";
import * as http from "./http.ts";
import * as log from "./log.ts";
import * as pager from "./pager.ts";
import * as problems from "./problems.ts";
import * as redis from "./redis.ts";
import * as runtime from "./runtime.ts";
import * as search from "./search.ts";
import * as telemetry from "./telemetry.ts";
import * as tenant from "./tenant.ts";

/** Every metric that our own code emits, sorted by name. */
export const metrics: readonly Metric[] = [
  auth,
  business,
  cache,
  collector,
  database,
  dependency,
  exporter,
  http,
  log,
  pager,
  redis,
  runtime,
  search,
  tenant,
  telemetry,
  problems,
]
  .flatMap((family): readonly Metric[] => Object.values(family))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

/** The metrics that `/metrics` of one service must carry, no more and no fewer. */
export const metricsOf = (service: ServiceName): readonly Metric[] =>
  metrics.filter((metric) => metric.emittedBy.includes(service));
