import { type LabelValue, labels } from "@watchkeeper/catalogue/labels";
import {
  httpRequestDurationSeconds,
  httpRequestsInFlight,
  httpRequestsTotal,
} from "@watchkeeper/catalogue/metrics/http";
import type { Express, Response } from "express";
import type { Metrics } from "./metrics.ts";
import { createRouteTemplates } from "./route-template.ts";
import { exportTenants } from "./tenant.ts";

/** What nginx writes into its log when the client goes away before the answer is sent. */
const CLIENT_CLOSED_REQUEST = 499;

type Method = LabelValue<"method">;

const knownMethods: ReadonlySet<string> = new Set(labels.method.values);

const methodLabel = (method: string): Method => (knownMethods.has(method) ? (method as Method) : "OTHER");

export interface HttpOptions {
  /**
   * The name of the customer for whom a request was answered, asked once the answer is sent; undefined for nobody's.
   * With it each of the largest customers has counts of its own.
   */
  readonly tenantOf?: (response: Response) => string | undefined;
}

/**
 * Counts and times every request of an Express 5 app by method, route template and status. Call it before the first
 * middleware and route.
 *
 * A path without a route is `unmatched`, an unknown method `OTHER`; a client that goes away before the whole answer
 * is sent counts as 499.
 */
export function instrumentHttp(app: Express, metrics: Metrics, { tenantOf }: HttpOptions = {}): void {
  const total = metrics.counter(httpRequestsTotal);
  const duration = metrics.histogram(httpRequestDurationSeconds);
  const inFlight = metrics.gauge(httpRequestsInFlight);
  const templateOf = createRouteTemplates(app);
  const tenants = tenantOf && exportTenants(metrics);

  app.use((request, response, next) => {
    const start = performance.now();
    inFlight.inc({});
    // "close" comes exactly once for every response, finished or not.
    response.once("close", () => {
      inFlight.dec({});
      const seen = {
        method: methodLabel(request.method),
        route: templateOf(request),
        status: String(response.writableFinished ? response.statusCode : CLIENT_CLOSED_REQUEST),
      };
      const seconds = (performance.now() - start) / 1_000;
      total.inc(seen);
      duration.observe(seen, seconds);
      const tenant = tenantOf?.(response);
      if (tenant !== undefined) tenants?.count(tenant, response.statusCode, seconds);
    });
    next();
  });
}
