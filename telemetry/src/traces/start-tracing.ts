import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { AlwaysOnSampler, BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { traceRedisCommands } from "./redis-spans.ts";
import { createSpanQueue } from "./span-queue.ts";
import { createTailSampling } from "./tail-sampling.ts";

/** What became of all spans so far. */
export interface TraceCounts {
  readonly exported: number;
  readonly unsampled: number;
  readonly dropped: number;
}

export interface Tracing {
  counts(): TraceCounts;
  /** Sends what waits, for at most `budgetMs`; what is left then counts as dropped. */
  close(budgetMs?: number): Promise<void>;
}

export interface TracingOptions {
  /** Base address of an OTLP/HTTP receiver, such as `http://otel-collector:4318`. */
  readonly url: string;
  /** Sent as a bearer token. */
  readonly token?: string | undefined;
  readonly service: string;
  readonly version: string;
  readonly environment: string;
  /** Share of unremarkable traces that are kept. */
  readonly ratio?: number;
  readonly slowMs?: number;
  readonly lingerMs?: number;
  readonly onHealth?: (reason: string | undefined) => void;
}

/** Above the slowest promise of the Company Directory for a single request (0.15 s for a search), twice. */
const SLOW_MS = 300;
const RATIO = 0.1;
/** The exporter retries within this time; a collector that hangs costs one batch for as long. */
const EXPORT_TIMEOUT_MS = 3_000;
const CLOSE_BUDGET_MS = 2_500;

/**
 * Makes `@opentelemetry/api`, which does nothing by itself, record spans in this process and send them. Call it once,
 * before requests come; code that makes spans needs only the API and costs next to nothing where this is not called.
 */
export function startTracing(options: TracingOptions): Tracing {
  const { url, token, ratio = RATIO, slowMs = SLOW_MS, lingerMs, onHealth } = options;
  const exporter = new OTLPTraceExporter({
    url: new URL("/v1/traces", url).href,
    timeoutMillis: EXPORT_TIMEOUT_MS,
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
  });
  const queue = createSpanQueue(exporter, {
    ...(lingerMs !== undefined && { lingerMs }),
    ...(onHealth && { onHealth }),
  });
  const sampling = createTailSampling({ ratio, slowMs, queue });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      "service.name": options.service,
      "service.version": options.version,
      "deployment.environment.name": options.environment,
    }),
    // Everything is recorded, since the decision falls at the end.
    sampler: new AlwaysOnSampler(),
    spanProcessors: [sampling],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  const endRedisSpans = traceRedisCommands();

  return {
    counts: () => {
      const { exported, dropped } = queue.counts();
      const sampled = sampling.counts();
      return { exported, unsampled: sampled.unsampled, dropped: dropped + sampled.dropped };
    },
    async close(budgetMs = CLOSE_BUDGET_MS) {
      endRedisSpans();
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, budgetMs);
      });
      await Promise.race([provider.shutdown(), enough]);
      clearTimeout(timer);
      queue.abandon();
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}
