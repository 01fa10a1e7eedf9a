import { cacheHitsTotal, cacheMissesTotal } from "@watchkeeper/catalogue/metrics/cache";
import {
  databaseConnectionsActive,
  databaseConnectionsIdle,
  databaseConnectionsMax,
  databaseConnectionsWaiting,
  databaseQueryDurationSeconds,
} from "@watchkeeper/catalogue/metrics/database";
import { httpRequestDurationSeconds, httpRequestsTotal } from "@watchkeeper/catalogue/metrics/http";
import {
  nodejsEventloopLagP99Seconds,
  nodejsHeapSizeLimitBytes,
  nodejsHeapSizeUsedBytes,
  processCpuSecondsTotal,
  processResidentMemoryBytes,
} from "@watchkeeper/catalogue/metrics/runtime";
import { tenantRequestDurationSeconds, tenantRequestsTotal } from "@watchkeeper/catalogue/metrics/tenant";
import { buckets, count, match, promql, series, sum } from "@watchkeeper/catalogue/promql";
import { defineBoard } from "../board.ts";
import { causeRows } from "../cause-rows.ts";
import { label, query, rateInterval } from "../query.ts";
import { atMost, falling, rising } from "../thresholds.ts";
import { defineVariable } from "../variable.ts";

const app = { job: "app" } as const;

const instance = defineVariable("instance", "Instance", series(processResidentMemoryBytes, app));
const route = defineVariable("route", "Route", series(httpRequestsTotal, app));

const process = { ...app, instance: instance.chosen } as const;
const requests = { ...process, route: route.chosen } as const;

const quantileByRoute = (share: number) => promql`
  histogram_quantile(${share}, sum by (route, le) (
    rate(${buckets(httpRequestDurationSeconds, requests)}[${rateInterval}])))`;

const queryQuantile = promql`
  histogram_quantile(0.95, sum by (query, le) (rate(${buckets(databaseQueryDurationSeconds, process)}[5m])))`;
const queryRate = promql`sum by (query) (rate(${count(databaseQueryDurationSeconds, process)}[5m]))`;
const queryTime = promql`sum by (query) (rate(${sum(databaseQueryDurationSeconds, process)}[5m]))`;

const hits = (window = rateInterval) =>
  promql`sum by (cache) (rate(${series(cacheHitsTotal, process)}[${window}]))`;
const misses = (window = rateInterval) =>
  promql`sum by (cache) (rate(${series(cacheMissesTotal, process)}[${window}]))`;

export const performance = defineBoard({
  uid: "performance",
  title: "Performance",
  about: "What makes the Company Directory slow: its routes, its database, its caches or its processes?",
  tags: ["directory"],
  span: "6h",
  variables: [instance, route],
  links: ["overview", "infrastructure"],
  rows: [
    {
      title: "Routes",
      panels: [
        {
          type: "timeseries",
          key: "latency-by-route",
          title: "95 % answer within, by route",
          about: "19 of 20 requests of a route are faster than its line. The promise is 500 ms.",
          width: 12,
          metric: httpRequestDurationSeconds,
          queries: [
            query(quantileByRoute(0.95), label(httpRequestDurationSeconds, "route"), { exemplars: true }),
          ],
          legend: "table",
          thresholds: atMost(0.5),
        },
        {
          type: "timeseries",
          key: "rate-by-route",
          title: "Requests, by route",
          about: "Which routes the load is made of.",
          width: 12,
          metric: httpRequestsTotal,
          unit: "reqps",
          queries: [
            query(
              promql`sum by (route) (rate(${series(httpRequestsTotal, requests)}[${rateInterval}]))`,
              label(httpRequestsTotal, "route"),
            ),
          ],
          legend: "table",
          stacked: true,
        },
        {
          type: "table",
          key: "slow-routes",
          title: "Slowest routes",
          about: "The time of the last five minutes: a route that is slow and busy is the one to mend first.",
          width: 24,
          metric: httpRequestDurationSeconds,
          labels: { route: "Route" },
          columns: [
            {
              title: "50 % within",
              query: query(promql`
                histogram_quantile(0.5, sum by (route, le) (rate(${buckets(httpRequestDurationSeconds, requests)}[5m])))`),
              unit: "s",
              thresholds: rising(0.1, 0.3),
            },
            {
              title: "95 % within",
              query: query(promql`
                histogram_quantile(0.95, sum by (route, le) (rate(${buckets(httpRequestDurationSeconds, requests)}[5m])))`),
              unit: "s",
              thresholds: rising(0.2, 0.5),
            },
            {
              title: "99 % within",
              query: query(promql`
                histogram_quantile(0.99, sum by (route, le) (rate(${buckets(httpRequestDurationSeconds, requests)}[5m])))`),
              unit: "s",
              thresholds: rising(0.5, 1),
            },
            {
              title: "Requests",
              query: query(promql`sum by (route) (rate(${count(httpRequestDurationSeconds, requests)}[5m]))`),
              unit: "reqps",
              decimals: 2,
            },
            {
              title: "Failed",
              query: query(promql`
                (sum by (route) (rate(${series(httpRequestsTotal, { ...requests, status: match("5..") })}[5m]))
                  or 0 * sum by (route) (rate(${series(httpRequestsTotal, requests)}[5m])))
                / sum by (route) (rate(${series(httpRequestsTotal, requests)}[5m]))`),
              unit: "percentunit",
              decimals: 2,
              thresholds: rising(0.01, 0.05),
            },
          ],
          sortBy: "95 % within",
        },
      ],
    },
    {
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
          queries: [
            query(promql`sum(rate(${count(databaseQueryDurationSeconds, process)}[${rateInterval}]))`),
          ],
          thresholds: [{ from: null, colour: "blue" }],
        },
      ],
    },
    {
      title: "Caches",
      panels: [
        {
          type: "bargauge",
          key: "cache-ratio",
          title: "Answered from the cache",
          about: "Share of the last hour's look-ups that needed no database. The promise is 70 %.",
          width: 8,
          metric: cacheHitsTotal,
          unit: "percentunit",
          decimals: 0,
          queries: [
            query(
              promql`
                sum by (cache) (increase(${series(cacheHitsTotal, process)}[1h]))
                / (sum by (cache) (increase(${series(cacheHitsTotal, process)}[1h]))
                  + sum by (cache) (increase(${series(cacheMissesTotal, process)}[1h]))) >= 0`,
              label(cacheHitsTotal, "cache"),
            ),
          ],
          max: 1,
          thresholds: falling(0.7, 0.5),
          nothing: "nobody asked",
        },
        {
          type: "timeseries",
          key: "cache-ratio-history",
          title: "Answered from the cache, over time",
          about: "A fall after a release or a restart is a cold cache; a fall that stays is a mistake.",
          width: 16,
          metric: cacheHitsTotal,
          unit: "percentunit",
          max: 1,
          queries: [query(promql`${hits()} / (${hits()} + ${misses()})`, label(cacheHitsTotal, "cache"))],
          thresholds: falling(0.7, 0.5),
        },
      ],
    },
    {
      title: "Processes",
      panels: [
        {
          type: "timeseries",
          key: "cpu",
          title: "Processor",
          about: "Processors that each instance keeps busy. Node.js runs our code on one: near 1 it is full.",
          width: 8,
          metric: processCpuSecondsTotal,
          unit: "percentunit",
          queries: [
            query(
              promql`rate(${series(processCpuSecondsTotal, process)}[${rateInterval}])`,
              label(processCpuSecondsTotal, "instance"),
            ),
          ],
          thresholds: atMost(0.8),
        },
        {
          type: "timeseries",
          key: "memory",
          title: "Memory",
          about: "Memory of the process, and the JavaScript heap in it beside the size at which it is ended.",
          width: 8,
          metric: processResidentMemoryBytes,
          queries: [
            query(promql`max(${series(processResidentMemoryBytes, process)})`, "process"),
            query(promql`max(${series(nodejsHeapSizeUsedBytes, process)})`, "heap in use"),
            query(promql`max(${series(nodejsHeapSizeLimitBytes, process)})`, "heap's limit"),
          ],
          colours: { "heap's limit": "orange" },
        },
        {
          type: "timeseries",
          key: "event-loop",
          title: "Delay of the event loop",
          about: "How late Node.js gets to the next piece of work. Above 100 ms every request feels it.",
          width: 8,
          metric: nodejsEventloopLagP99Seconds,
          queries: [
            query(
              promql`${series(nodejsEventloopLagP99Seconds, process)}`,
              label(nodejsEventloopLagP99Seconds, "instance"),
            ),
          ],
          thresholds: atMost(0.1),
        },
      ],
    },
    {
      title: "Tenants",
      panels: [
        {
          type: "timeseries",
          key: "rate-by-tenant",
          title: "Requests, by tenant",
          about: "The largest tenants by name, all others together as `other`.",
          width: 8,
          metric: tenantRequestsTotal,
          unit: "reqps",
          queries: [
            query(
              promql`sum by (tenant) (rate(${series(tenantRequestsTotal, process)}[${rateInterval}]))`,
              label(tenantRequestsTotal, "tenant"),
            ),
          ],
          legend: "table",
          stacked: true,
        },
        {
          type: "timeseries",
          key: "errors-by-tenant",
          title: "Failed requests, by tenant",
          about: "One line alone is trouble with one tenant's data; all lines together are trouble of ours.",
          width: 8,
          metric: tenantRequestsTotal,
          unit: "reqps",
          queries: [
            query(
              promql`sum by (tenant) (rate(${series(tenantRequestsTotal, { ...process, request_result: "error" })}[${rateInterval}]))`,
              label(tenantRequestsTotal, "tenant"),
            ),
          ],
          legend: "table",
        },
        {
          type: "timeseries",
          key: "latency-by-tenant",
          title: "95 % answer within, by tenant",
          about: "19 of 20 requests of a tenant are faster than its line. The promise is 500 ms.",
          width: 8,
          metric: tenantRequestDurationSeconds,
          queries: [
            query(
              promql`
                histogram_quantile(0.95, sum by (tenant, le) (
                  rate(${buckets(tenantRequestDurationSeconds, process)}[${rateInterval}])))`,
              label(tenantRequestDurationSeconds, "tenant"),
            ),
          ],
          legend: "table",
          thresholds: atMost(0.5),
        },
      ],
    },
    ...causeRows(process),
  ],
});
