import {
  context,
  propagation,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import type { Express, Request, Response } from "express";
import { CLIENT_CLOSED_REQUEST } from "./http/recorder.ts";
import { createRouteTemplates } from "./route-template.ts";

const spans = new WeakMap<Response, SpanContext>();

/** The span of a request that `traceRequests` recorded. */
export const spanOf = (response: Response): SpanContext | undefined => spans.get(response);

/** The trace of a request that `traceRequests` recorded, as an exemplar of its duration. */
export function traceExampleOf(
  _request: Request,
  response: Response,
): { readonly trace_id: string } | undefined {
  const span = spans.get(response);
  return span && { trace_id: span.traceId };
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
    spans.set(response, span.spanContext());
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
