import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Express, Request, Response } from "express";
import { CLIENT_CLOSED_REQUEST } from "./http/recorder.ts";
import { createRouteTemplates } from "./route-template.ts";

const traces = new WeakMap<Response, string>();

/** The trace of a request that `traceRequests` recorded, as an exemplar of its duration. */
export function traceExampleOf(
  _request: Request,
  response: Response,
): { readonly trace_id: string } | undefined {
  const trace_id = traces.get(response);
  return trace_id === undefined ? undefined : { trace_id };
}

const tracer = trace.getTracer("@watchkeeper/exporters");

/**
 * Gives every request of an Express 5 app a span, as part of the caller's trace where there is one. Call it before the
 * first middleware and route. Names and attributes are those of OpenTelemetry's semantic conventions for HTTP servers,
 * without the path and the query, which hold ids and what people typed.
 */
export function traceRequests(app: Express): void {
  const templateOf = createRouteTemplates(app);
  app.use((request, response, next) => {
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const span = tracer.startSpan(
      request.method,
      { kind: SpanKind.SERVER, attributes: { "http.request.method": request.method } },
      parent,
    );
    if (!span.isRecording()) return next();
    traces.set(response, span.spanContext().traceId);
    response.once("close", () => {
      const route = templateOf(request);
      const status = response.writableFinished ? response.statusCode : CLIENT_CLOSED_REQUEST;
      span.updateName(`${request.method} ${route}`);
      span.setAttributes({ "http.route": route, "http.response.status_code": status });
      if (status >= 500) {
        span.setAttribute("error.type", String(status));
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    });
    context.with(trace.setSpan(parent, span), next);
  });
}
