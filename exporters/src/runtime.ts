import {
  constants,
  monitorEventLoopDelay,
  type PerformanceEntry,
  PerformanceObserver,
} from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import type { LabelValue } from "@watchkeeper/catalogue/labels";
import {
  nodejsEventloopLagP99Seconds,
  nodejsGcDurationSeconds,
  nodejsHeapSizeLimitBytes,
  nodejsHeapSizeTotalBytes,
  nodejsHeapSizeUsedBytes,
  processCpuLimitCores,
  processCpuSecondsTotal,
  processMemoryLimitBytes,
  processResidentMemoryBytes,
  processStartTimeSeconds,
  watchkeeperBuildInfo,
} from "@watchkeeper/catalogue/metrics/runtime";
import { readLimits } from "./cgroup.ts";
import type { Metrics } from "./metrics.ts";

/** Node measures the delay with a timer of this period and counts the period itself as delay. */
const LAG_RESOLUTION_MS = 10;

const GC_KINDS: Readonly<Record<number, LabelValue<"gc_kind">>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: "major",
  [constants.NODE_PERFORMANCE_GC_MINOR]: "minor",
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: "incremental",
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: "weakcb",
};

function exportGarbageCollections(metrics: Metrics): void {
  const duration = metrics.histogram(nodejsGcDurationSeconds);
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as readonly (PerformanceEntry & { detail?: { kind?: number } })[]) {
      const gc_kind = GC_KINDS[entry.detail?.kind ?? 0];
      if (gc_kind) duration.observe({ gc_kind }, entry.duration / 1_000);
    }
  });
  observer.observe({ entryTypes: ["gc"] });
}

/** Exports what every Node.js process has: processor time and memory beside their limits, heap, collections, lag. */
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

  exportGarbageCollections(metrics);
  metrics.gauge(processCpuLimitCores, (set) => set({}, readLimits().cores));
  metrics.gauge(processMemoryLimitBytes, (set) => set({}, readLimits().memoryBytes));

  metrics.gauge(watchkeeperBuildInfo).set({ version: build.version, node_version: process.versions.node }, 1);
}
