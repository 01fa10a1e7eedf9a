import { monitorEventLoopDelay } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import {
  nodejsEventloopLagP99Seconds,
  nodejsHeapSizeLimitBytes,
  nodejsHeapSizeTotalBytes,
  nodejsHeapSizeUsedBytes,
  processCpuSecondsTotal,
  processResidentMemoryBytes,
  processStartTimeSeconds,
  watchkeeperBuildInfo,
} from "@watchkeeper/catalogue/metrics/runtime";
import type { Metrics } from "./metrics.ts";

/** Node measures the delay with a timer of this period and counts the period itself as delay. */
const LAG_RESOLUTION_MS = 10;

/** Exports what every Node.js process has: processor time, memory, heap, event-loop lag, version. */
export function exportRuntime(metrics: Metrics, build: { readonly version: string }): void {
  let countedCpuSeconds = 0;
  metrics.counter(processCpuSecondsTotal, (inc) => {
    const { user, system } = process.cpuUsage();
    const cpuSeconds = (user + system) / 1e6;
    inc({}, Math.max(0, cpuSeconds - countedCpuSeconds));
    countedCpuSeconds = cpuSeconds;
  });
  metrics.gauge(processResidentMemoryBytes, (set) => set({}, process.memoryUsage.rss()));
  const startedAt = Math.round(Date.now() - process.uptime() * 1_000) / 1_000;
  metrics.gauge(processStartTimeSeconds).set({}, startedAt);

  metrics.gauge(nodejsHeapSizeTotalBytes, (set) => set({}, getHeapStatistics().total_heap_size));
  metrics.gauge(nodejsHeapSizeUsedBytes, (set) => set({}, getHeapStatistics().used_heap_size));
  metrics.gauge(nodejsHeapSizeLimitBytes, (set) => set({}, getHeapStatistics().heap_size_limit));

  const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  lag.enable();
  metrics.gauge(nodejsEventloopLagP99Seconds, (set) => {
    const p99Ms = lag.percentile(99) / 1e6;
    set({}, Math.max(0, p99Ms - LAG_RESOLUTION_MS) / 1_000);
    lag.reset();
  });

  metrics.gauge(watchkeeperBuildInfo).set({ version: build.version, node_version: process.versions.node }, 1);
}
