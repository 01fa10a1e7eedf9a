import { defineCounter, defineGauge, defineHistogram } from "../metric.ts";

const emittedBy = ["app", "collector", "pager", "console"] as const;

export const processCpuSecondsTotal = defineCounter({
  name: "process_cpu_seconds_total",
  help: "Processor time that the process has used",
  unit: "seconds",
  labels: [],
  emittedBy,
});

export const processResidentMemoryBytes = defineGauge({
  name: "process_resident_memory_bytes",
  help: "Memory of the process that is in RAM",
  unit: "bytes",
  labels: [],
  emittedBy,
});

export const processStartTimeSeconds = defineGauge({
  name: "process_start_time_seconds",
  help: "When the process started, in Unix time",
  unit: "seconds",
  labels: [],
  emittedBy,
});

export const nodejsHeapSizeTotalBytes = defineGauge({
  name: "nodejs_heap_size_total_bytes",
  help: "JavaScript heap that V8 holds",
  unit: "bytes",
  labels: [],
  emittedBy,
});

export const nodejsHeapSizeUsedBytes = defineGauge({
  name: "nodejs_heap_size_used_bytes",
  help: "JavaScript heap in use",
  unit: "bytes",
  labels: [],
  emittedBy,
});

/** Compare the used heap with this limit: used ÷ total is high in every healthy process. */
export const nodejsHeapSizeLimitBytes = defineGauge({
  name: "nodejs_heap_size_limit_bytes",
  help: "JavaScript heap at which V8 ends the process",
  unit: "bytes",
  labels: [],
  emittedBy,
});

export const nodejsEventloopLagP99Seconds = defineGauge({
  name: "nodejs_eventloop_lag_p99_seconds",
  help: "99th percentile of the event loop's delay since the last scrape",
  unit: "seconds",
  labels: [],
  emittedBy,
});

export const watchkeeperBuildInfo = defineGauge({
  name: "watchkeeper_build_info",
  help: "Always 1; its labels say what runs",
  unit: "items",
  labels: ["version", "node_version"],
  emittedBy,
});

export const nodejsGcDurationSeconds = defineHistogram({
  name: "nodejs_gc_duration_seconds",
  help: "Time a garbage collection held the process",
  unit: "seconds",
  labels: ["gc_kind"],
  buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
  emittedBy,
});

/** Compare the processor time used a second with it: at the limit the process is made to wait. */
export const processCpuLimitCores = defineGauge({
  name: "process_cpu_limit_cores",
  help: "Processors that the process may use: its control group's limit, or else the machine's",
  unit: "cores",
  labels: [],
  emittedBy,
});

/** Compare the resident memory with it: at the limit the process is killed. */
export const processMemoryLimitBytes = defineGauge({
  name: "process_memory_limit_bytes",
  help: "Memory that the process may use: its control group's limit, or else the machine's",
  unit: "bytes",
  labels: [],
  emittedBy,
});
