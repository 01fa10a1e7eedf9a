import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-base";

/** What became of all spans that were given to the queue. */
export interface SpanCounts {
  readonly exported: number;
  /** No room, or the collector did not take them in time. */
  readonly dropped: number;
}

export interface SpanQueue {
  add(spans: readonly ReadableSpan[]): void;
  counts(): SpanCounts;
  /** Sends all that waits. Resolves when it was sent or dropped. */
  flush(): Promise<void>;
  shutdown(): Promise<void>;
  /** Counts whatever still waits or is on its way as dropped. Nothing is sent or counted after that. */
  abandon(): void;
}

/** OpenTelemetry's own default for `OTEL_BSP_MAX_QUEUE_SIZE`. */
export const MAX_WAITING_SPANS = 2_048;
/** OpenTelemetry's own default for `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`. */
const BATCH_SPANS = 512;

/** OTLP's word for success in `ExportResult.code`. */
const SUCCESS = 0;

/**
 * Waits for spans to travel together and exports them, one batch at a time, in a bounded room. OpenTelemetry's
 * BatchSpanProcessor does the same but drops without a count.
 *
 * @param onHealth told when exporting begins to fail, and (without a reason) when it works again
 */
export function createSpanQueue(
  exporter: SpanExporter,
  { lingerMs = 1_000, onHealth }: { lingerMs?: number; onHealth?: (reason: string | undefined) => void } = {},
): SpanQueue {
  const waiting: ReadableSpan[] = [];
  const counts = { exported: 0, dropped: 0 };
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> | undefined;
  let failing = false;
  let onItsWay = 0;
  let abandoned = false;

  const exportBatch = (batch: ReadableSpan[]): Promise<string | undefined> =>
    new Promise((resolve) => {
      exporter.export(batch, ({ code, error }) =>
        resolve(code === SUCCESS ? undefined : (error?.message ?? "the collector did not take the spans")),
      );
    });

  async function send(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH_SPANS);
      onItsWay = batch.length;
      const reason = await exportBatch(batch);
      if (abandoned) return;
      onItsWay = 0;
      counts[reason === undefined ? "exported" : "dropped"] += batch.length;
      if ((reason !== undefined) !== failing) {
        failing = !failing;
        onHealth?.(reason);
      }
    }
  }

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    sending ??= send().finally(() => {
      sending = undefined;
    });
    return sending;
  };

  return {
    add(spans) {
      const room = abandoned ? 0 : MAX_WAITING_SPANS - waiting.length;
      waiting.push(...spans.slice(0, room));
      counts.dropped += Math.max(0, spans.length - room);
      if (abandoned) return;
      if (waiting.length >= BATCH_SPANS) void flush();
      else timer ??= setTimeout(() => void flush(), lingerMs).unref();
    },
    counts: () => ({ ...counts }),
    flush,
    async shutdown() {
      await flush();
      await exporter.shutdown();
    },
    abandon() {
      if (abandoned) return;
      abandoned = true;
      counts.dropped += waiting.length + onItsWay;
      waiting.length = 0;
    },
  };
}
