import { labels } from "@watchkeeper/catalogue/labels";
import { telemetryLogLinesTotal, telemetrySpansTotal } from "@watchkeeper/catalogue/metrics/telemetry";
import type { Metrics } from "./metrics.ts";

type LineResult = (typeof labels.line_result.values)[number];
type SpanResult = (typeof labels.span_result.values)[number];

/** Counts so far of whatever carries log lines and spans away. */
export interface TelemetryCounts {
  lines(): Readonly<Record<LineResult, number>>;
  spans(): Readonly<Record<SpanResult, number>>;
}

/** Gives what was added to each count since the last call. */
function increases<Key extends string>(read: () => Readonly<Record<Key, number>>, keys: readonly Key[]) {
  const last = new Map<Key, number>();
  return (give: (key: Key, increase: number) => void): void => {
    const now = read();
    for (const key of keys) {
      give(key, now[key] - (last.get(key) ?? 0));
      last.set(key, now[key]);
    }
  };
}

/** Exports what became of log lines and spans, so that nothing is lost in silence. */
export function exportTelemetry(metrics: Metrics, { lines, spans }: TelemetryCounts): void {
  const ofLines = increases(lines, labels.line_result.values);
  metrics.counter(telemetryLogLinesTotal, (inc) => ofLines((line_result, by) => inc({ line_result }, by)));
  const ofSpans = increases(spans, labels.span_result.values);
  metrics.counter(telemetrySpansTotal, (inc) => ofSpans((span_result, by) => inc({ span_result }, by)));
}
