import { type Context, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api";
import { hrTimeToMilliseconds } from "@opentelemetry/core";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { SpanQueue } from "./span-queue.ts";

export interface SamplingOptions {
  /** Share of unremarkable traces that are kept, 0 to 1. Every service that is given the same share keeps the same ones. */
  readonly ratio: number;
  /** A part of a trace that takes this long or longer is kept whole. */
  readonly slowMs: number;
  readonly queue: SpanQueue;
}

/** The part of a trace that happens in this process, until its last span has ended. */
interface OpenTrace {
  open: number;
  keep: boolean;
  readonly spans: ReadableSpan[];
}

/** Traces that may be open at once; a request that never ends must not cost more than this. */
export const MAX_OPEN_TRACES = 2_000;
/** Spans of one trace; more come from a loop, and the first ones show it. */
export const MAX_SPANS_PER_TRACE = 256;

export interface TailSampling extends SpanProcessor {
  counts(): {
    /** Of traces that were neither slow nor wrong nor in the sample. */
    readonly unsampled: number;
    /** Of traces with too many spans, or that were pushed out by newer ones before they ended. */
    readonly dropped: number;
  };
}

/** The last 7 bytes of a trace id are random (W3C Trace Context 2): as a fraction they fall evenly into 0 to 1. */
const fractionOf = (traceId: string): number => Number.parseInt(traceId.slice(-13), 16) / 2 ** 52;

const isFromOutside = (span: ReadableSpan): boolean =>
  span.parentSpanContext === undefined || span.parentSpanContext.isRemote === true;

/** Whoever called us keeps the trace: ours would be missing in it. */
const isKeptByCaller = (context: Context): boolean => {
  const parent = trace.getSpanContext(context);
  return parent?.isRemote === true && (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
};

/**
 * Decides about a trace when its part in this process is over, and so can keep every one with an error and every slow
 * one, which a decision at the start loses as often as it loses the dull ones.
 */
export function createTailSampling({ ratio, slowMs, queue }: SamplingOptions): TailSampling {
  const traces = new Map<string, OpenTrace>();
  const counts = { unsampled: 0, dropped: 0 };

  function makeRoom(): void {
    const oldest = traces.entries().next().value;
    if (traces.size < MAX_OPEN_TRACES || !oldest) return;
    const [id, { spans, open }] = oldest;
    traces.delete(id);
    counts.dropped += spans.length + open;
  }

  return {
    onStart(span: Span, parent: Context) {
      const { traceId } = span.spanContext();
      let current = traces.get(traceId);
      if (!current) {
        makeRoom();
        current = { open: 0, keep: isKeptByCaller(parent) || fractionOf(traceId) < ratio, spans: [] };
        traces.set(traceId, current);
      }
      current.open += 1;
    },
    onEnd(span) {
      const { traceId } = span.spanContext();
      const current = traces.get(traceId);
      if (!current) return;
      current.open -= 1;
      current.keep ||=
        span.status.code === SpanStatusCode.ERROR ||
        (isFromOutside(span) && hrTimeToMilliseconds(span.duration) >= slowMs);
      if (current.spans.length < MAX_SPANS_PER_TRACE) current.spans.push(span);
      else counts.dropped += 1;
      if (current.open > 0) return;
      traces.delete(traceId);
      if (current.keep) queue.add(current.spans);
      else counts.unsampled += current.spans.length;
    },
    counts: () => ({ ...counts }),
    forceFlush: () => queue.flush(),
    shutdown: () => queue.shutdown(),
  };
}
