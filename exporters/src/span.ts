import { type Attributes, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";

/** Where no SDK is set up the API's tracer does nothing, and nearly for nothing. */
const tracer = trace.getTracer("@watchkeeper/exporters");

/** Marks a span as failed. The error's message stays out: it may hold what a user typed. */
export function markFailed(span: Span, error: unknown): void {
  span.setAttribute("error.type", error instanceof Error ? error.name : typeof error);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/**
 * Does `work` in a span of its own, below the current one, and gives what `work` gives.
 *
 * @param name low in variety, such as the name of a query: never its values
 */
export function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return tracer.startActiveSpan(name, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      markFailed(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}
