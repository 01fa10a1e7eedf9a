/** What the published package exports; within the repository each file is imported by itself. */
export type { Check } from "../check.ts";
export { exportClientQueries } from "../client-queries.ts";
export { answerClusterScrapes, type ClusterMetrics, collectCluster } from "../cluster.ts";
export { exportPool, instrumentPool, type Queries, type QueryRunner } from "../database.ts";
export { type HttpInstrument, type HttpOptions, instrumentHttp } from "../http.ts";
export { type Instrumented, type InstrumentOptions, instrument, type ServeOptions } from "../instrument.ts";
export { countLogMessages, type PinoLogger } from "../log.ts";
export { createMetrics, type Metrics, type MetricsOptions } from "../metrics.ts";
export { type OpsOptions, type OpsServer, startOpsServer } from "../ops.ts";
export { exportRedis, type SendCommand } from "../redis.ts";
export { exportRuntime } from "../runtime.ts";
export { expose, exposeText } from "../scrape/expose.ts";
export { type ScrapeWorker, type ScrapeWorkerOptions, startScrapeWorker } from "../scrape-worker.ts";
export { Counter } from "../series/counter.ts";
export { Gauge } from "../series/gauge.ts";
export { Histogram, type HistogramOptions } from "../series/histogram.ts";
export { loadSlowQueries, type SlowQuery } from "../slow-queries.ts";
export { exportTenants, type TenantCounts } from "../tenant.ts";
