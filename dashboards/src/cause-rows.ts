import { cacheErrorsTotal, cacheLookupDurationSeconds } from "@watchkeeper/catalogue/metrics/cache";
import {
  databaseConnectionAcquireSeconds,
  databaseErrorsTotal,
} from "@watchkeeper/catalogue/metrics/database";
import { httpRequestSizeBytes, httpResponseSizeBytes } from "@watchkeeper/catalogue/metrics/http";
import { logMessagesTotal } from "@watchkeeper/catalogue/metrics/log";
import {
  nodejsGcDurationSeconds,
  processCpuLimitCores,
  processCpuSecondsTotal,
  processMemoryLimitBytes,
  processResidentMemoryBytes,
} from "@watchkeeper/catalogue/metrics/runtime";
import { employeeSearchDurationSeconds } from "@watchkeeper/catalogue/metrics/search";
import { buckets, type Matcher, promql, series, sum } from "@watchkeeper/catalogue/promql";
import type { Row } from "./board.ts";
import { label, query, rateInterval } from "./query.ts";
import { atMost } from "./thresholds.ts";

/** What requests wait for and stumble over, for the processes that are chosen. */
export const causeRows = (
  process: Readonly<Record<"job" | "instance", string | Matcher>>,
): readonly Row[] => [
  {
    title: "Waiting and failing",
    panels: [
      {
        type: "timeseries",
        key: "connection-wait",
        title: "95 % get a connection within",
        about: "Above a few milliseconds the pool is too small or somebody keeps connections for too long.",
        width: 8,
        metric: databaseConnectionAcquireSeconds,
        queries: [
          query(
            promql`
              histogram_quantile(0.95, sum by (le) (
                rate(${buckets(databaseConnectionAcquireSeconds, process)}[${rateInterval}])))`,
            "wait",
          ),
        ],
        thresholds: atMost(0.1),
      },
      {
        type: "timeseries",
        key: "database-errors",
        title: "Failed queries, by why",
        about: "Constraint and conflict are people in each other's way; all else is trouble of ours.",
        width: 8,
        metric: databaseErrorsTotal,
        unit: "ops",
        queries: [
          query(
            promql`sum by (error_class) (rate(${series(databaseErrorsTotal, process)}[${rateInterval}]))`,
            label(databaseErrorsTotal, "error_class"),
          ),
        ],
      },
      {
        type: "timeseries",
        key: "search-duration",
        title: "95 % of searches take less than",
        about: "Without the way to the browser. The promise is 150 ms.",
        width: 8,
        metric: employeeSearchDurationSeconds,
        queries: [
          query(
            promql`
              histogram_quantile(0.95, sum by (le) (
                rate(${buckets(employeeSearchDurationSeconds, process)}[${rateInterval}])))`,
            "searches",
          ),
        ],
        thresholds: atMost(0.15),
      },
      {
        type: "timeseries",
        key: "cache-duration",
        title: "95 % of cache look-ups take less than",
        about: "A cache that is slower than 10 ms is Redis that is busy, or far away.",
        width: 8,
        metric: cacheLookupDurationSeconds,
        queries: [
          query(
            promql`
              histogram_quantile(0.95, sum by (cache, le) (
                rate(${buckets(cacheLookupDurationSeconds, process)}[${rateInterval}])))`,
            label(cacheLookupDurationSeconds, "cache"),
          ),
        ],
        thresholds: atMost(0.01),
      },
      {
        type: "timeseries",
        key: "cache-errors",
        title: "Look-ups that could not be tried",
        about: "Redis was away: the database answered instead, more slowly.",
        width: 8,
        metric: cacheErrorsTotal,
        unit: "ops",
        queries: [
          query(
            promql`sum by (cache) (rate(${series(cacheErrorsTotal, process)}[${rateInterval}]))`,
            label(cacheErrorsTotal, "cache"),
          ),
        ],
      },
      {
        type: "timeseries",
        key: "log-messages",
        title: "Log messages, by level",
        about: "A rise of warn and error says where to read on.",
        width: 8,
        metric: logMessagesTotal,
        unit: "ops",
        queries: [
          query(
            promql`sum by (level) (rate(${series(logMessagesTotal, process)}[${rateInterval}]))`,
            label(logMessagesTotal, "level"),
          ),
        ],
      },
    ],
  },
  {
    title: "Limits and sizes",
    panels: [
      {
        type: "timeseries",
        key: "limits",
        title: "In use of what the process may have",
        about:
          "Of its control group's limits. At the processor's it is made to wait, at the memory's it is killed.",
        width: 8,
        metric: processMemoryLimitBytes,
        unit: "percentunit",
        max: 1,
        queries: [
          query(
            promql`
              max(rate(${series(processCpuSecondsTotal, process)}[${rateInterval}])
                / ${series(processCpuLimitCores, process)})`,
            "processor",
          ),
          query(
            promql`
              max(${series(processResidentMemoryBytes, process)}
                / ${series(processMemoryLimitBytes, process)})`,
            "memory",
          ),
        ],
        thresholds: atMost(0.9),
      },
      {
        type: "timeseries",
        key: "garbage-collections",
        title: "Share of time spent on garbage",
        about:
          "While it is collected nobody is answered. Above 5 % the heap is too full or too much is thrown away.",
        width: 8,
        metric: nodejsGcDurationSeconds,
        unit: "percentunit",
        queries: [
          query(
            promql`sum by (gc_kind) (rate(${sum(nodejsGcDurationSeconds, process)}[${rateInterval}]))`,
            label(nodejsGcDurationSeconds, "gc_kind"),
          ),
        ],
        thresholds: atMost(0.05),
      },
      {
        type: "timeseries",
        key: "bytes",
        title: "Bytes received and sent",
        about: "On the wire, heads included.",
        width: 8,
        metric: httpResponseSizeBytes,
        unit: "Bps",
        queries: [
          query(promql`sum(rate(${sum(httpRequestSizeBytes, process)}[${rateInterval}]))`, "received"),
          query(promql`sum(rate(${sum(httpResponseSizeBytes, process)}[${rateInterval}]))`, "sent"),
        ],
      },
    ],
  },
];
