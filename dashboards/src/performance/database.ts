import {
  databaseConnectionAcquireSeconds,
  databaseConnectionsActive,
  databaseConnectionsIdle,
  databaseConnectionsMax,
  databaseConnectionsWaiting,
  databaseErrorsTotal,
  databaseQueryDurationSeconds,
} from "@watchkeeper/catalogue/metrics/database";
import { buckets, count, promql, series, sum } from "@watchkeeper/catalogue/promql";
import type { Row } from "../board.ts";
import { label, query, rateInterval } from "../query.ts";
import { atMost, neutral, rising } from "../thresholds.ts";
import type { Chosen } from "./chosen.ts";

/** Which queries are slow, which fail, and whether requests queue for a connection. */
export const databaseRow = (process: Chosen): Row => {
  const queryQuantile = promql`
    histogram_quantile(0.95, sum by (query, le) (rate(${buckets(databaseQueryDurationSeconds, process)}[5m])))`;
  const queryRate = promql`sum by (query) (rate(${count(databaseQueryDurationSeconds, process)}[5m]))`;
  const queryTime = promql`sum by (query) (rate(${sum(databaseQueryDurationSeconds, process)}[5m]))`;
  return {
    title: "Database",
    panels: [
      {
        type: "timeseries",
        key: "query-latency",
        title: "95 % of each query take less than",
        about: "By the query's name in the code. The promise is 100 ms.",
        width: 12,
        metric: databaseQueryDurationSeconds,
        queries: [
          query(
            promql`
              histogram_quantile(0.95, sum by (query, le) (
                rate(${buckets(databaseQueryDurationSeconds, process)}[${rateInterval}])))`,
            label(databaseQueryDurationSeconds, "query"),
            { exemplars: true },
          ),
        ],
        legend: "table",
        thresholds: atMost(0.1),
      },
      {
        type: "table",
        key: "slow-queries",
        title: "Slow queries",
        about:
          "Where the database's time goes: calls each second, and how much of every second the query takes.",
        width: 12,
        metric: databaseQueryDurationSeconds,
        labels: { query: "Query" },
        columns: [
          { title: "95 % within", query: query(queryQuantile), unit: "s", thresholds: rising(0.05, 0.1) },
          { title: "Calls", query: query(queryRate), unit: "ops", decimals: 2 },
          { title: "Share of time", query: query(queryTime), unit: "percentunit", decimals: 2 },
        ],
        sortBy: "95 % within",
      },
      {
        type: "timeseries",
        key: "pool",
        title: "Connections of the pool",
        about: "Callers wait as soon as all connections are in use.",
        width: 12,
        metric: databaseConnectionsActive,
        queries: [
          query(promql`sum(${series(databaseConnectionsActive, process)})`, "in use"),
          query(promql`sum(${series(databaseConnectionsIdle, process)})`, "idle"),
          query(promql`sum(${series(databaseConnectionsWaiting, process)})`, "callers that wait"),
          query(promql`sum(${series(databaseConnectionsMax, process)})`, "most there may be"),
        ],
        colours: { "callers that wait": "red", "most there may be": "orange" },
      },
      {
        type: "gauge",
        key: "pool-share",
        title: "Pool in use",
        about: "Share of the connections that are busy. Above 95 % requests queue.",
        width: 6,
        metric: databaseConnectionsActive,
        unit: "percentunit",
        decimals: 0,
        queries: [
          query(promql`
            sum(${series(databaseConnectionsActive, process)}) / sum(${series(databaseConnectionsMax, process)})`),
        ],
        min: 0,
        max: 1,
        thresholds: rising(0.8, 0.95),
        runbooks: ["DatabaseUnreachable"],
      },
      {
        type: "stat",
        key: "queries",
        title: "Queries",
        about: "Queries each second of all names together.",
        width: 6,
        metric: databaseQueryDurationSeconds,
        unit: "ops",
        decimals: 1,
        queries: [query(promql`sum(rate(${count(databaseQueryDurationSeconds, process)}[${rateInterval}]))`)],
        thresholds: neutral,
      },
      {
        type: "timeseries",
        key: "connection-wait",
        title: "95 % get a connection within",
        about: "Above a few milliseconds the pool is too small or somebody keeps connections for too long.",
        width: 12,
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
        width: 12,
        metric: databaseErrorsTotal,
        unit: "ops",
        queries: [
          query(
            promql`sum by (error_class) (rate(${series(databaseErrorsTotal, process)}[${rateInterval}]))`,
            label(databaseErrorsTotal, "error_class"),
          ),
        ],
      },
    ],
  };
};
