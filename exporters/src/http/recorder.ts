import { type LabelValue, labels } from "@watchkeeper/catalogue/labels";
import {
  httpRequestDurationSeconds,
  httpRequestSizeBytes,
  httpRequestsInFlight,
  httpRequestsTotal,
  httpResponseSizeBytes,
} from "@watchkeeper/catalogue/metrics/http";
import type { Express, Request, Response } from "express";
import type { Metrics } from "../metrics.ts";
import { createRouteMemory } from "../route-template.ts";
import type { HistogramSeries } from "../series/histogram.ts";
import type { Exemplar } from "../series/series.ts";
import { exportTenants } from "../tenant.ts";

/** What nginx writes into its log when the client goes away before the answer is sent. */
export const CLIENT_CLOSED_REQUEST = 499;

export interface HttpOptions {
  /**
   * The name of the customer for whom a request was answered, asked once the answer is sent; undefined for nobody's.
   * With it each of the largest customers has counts of its own.
   */
  readonly tenantOf?: (response: Response) => string | undefined;
  /** Where this request can be seen in full, such as `{ trace_id: "4bf9…" }`; for OpenMetrics alone. */
  readonly exampleOf?: (request: Request, response: Response) => Exemplar["labels"] | undefined;
}

/** Counts what a server did. */
export interface Recorder {
  begin(): void;
  /**
   * @param status of the answer, or `CLIENT_CLOSED_REQUEST`
   * @param ms that it took
   * @param received bytes of the request on the wire, its head included; NaN where nobody can know
   * @param sent bytes of the answer, likewise
   */
  end(request: Request, response: Response, status: number, ms: number, received: number, sent: number): void;
}

type Method = LabelValue<"method">;

const knownMethods: ReadonlySet<string> = new Set(labels.method.values);

const methodLabel = (method: string): Method => (knownMethods.has(method) ? (method as Method) : "OTHER");

/** The series of one route. The last one is kept at hand: a route mostly has one method and one status. */
class RouteSeries {
  readonly requestSize: HistogramSeries;
  readonly responseSize: HistogramSeries;
  readonly #make: (method: Method, status: string) => HistogramSeries;
  readonly #known = new Map<Method, Map<number, HistogramSeries>>();
  #method = "";
  #status = 0;
  #last: HistogramSeries | undefined;

  constructor(
    make: (method: Method, status: string) => HistogramSeries,
    requestSize: HistogramSeries,
    responseSize: HistogramSeries,
  ) {
    this.#make = make;
    this.requestSize = requestSize;
    this.responseSize = responseSize;
  }

  duration(method: string, status: number): HistogramSeries {
    if (method === this.#method && status === this.#status && this.#last) return this.#last;
    const label = methodLabel(method);
    let byStatus = this.#known.get(label);
    if (!byStatus) {
      byStatus = new Map();
      this.#known.set(label, byStatus);
    }
    let series = byStatus.get(status);
    if (!series) {
      series = this.#make(label, String(status));
      byStatus.set(status, series);
    }
    this.#method = method;
    this.#status = status;
    this.#last = series;
    return series;
  }
}

export function createRecorder(app: Express, metrics: Metrics, options: HttpOptions): Recorder {
  const { tenantOf, exampleOf } = options;
  const durations = metrics.histogram(httpRequestDurationSeconds);
  durations.countAs(httpRequestsTotal);
  const requestSizes = metrics.histogram(httpRequestSizeBytes);
  const responseSizes = metrics.histogram(httpResponseSizeBytes);
  const inFlight = metrics.gauge(httpRequestsInFlight).series({});
  const tenants = tenantOf && exportTenants(metrics);
  const routeOf = createRouteMemory(
    app,
    (route) =>
      new RouteSeries(
        (method, status) => durations.series({ method, route, status }),
        requestSizes.series({ route }),
        responseSizes.series({ route }),
      ),
  );

  return {
    begin: () => inFlight.inc(),

    end(request, response, status, ms, received, sent) {
      inFlight.dec();
      const route = routeOf(request);
      const series = route.duration(request.method, status);
      const example = exampleOf?.(request, response);
      if (example) series.observeExample(ms / 1_000, example);
      else series.observe(ms / 1_000);
      if (received >= 0 && sent >= 0) {
        route.requestSize.observe(received);
        route.responseSize.observe(sent);
      }
      const tenant = tenantOf?.(response);
      if (tenant !== undefined) tenants?.count(tenant, status, ms / 1_000);
    },
  };
}
