import {
  httpRequestDurationSeconds,
  httpRequestSizeBytes,
  httpRequestsTotal,
  httpResponseSizeBytes,
} from "@watchkeeper/catalogue/metrics/http";
import { processResidentMemoryBytes } from "@watchkeeper/catalogue/metrics/runtime";
import { employeeSearchDurationSeconds } from "@watchkeeper/catalogue/metrics/search";
import { buckets, count, match, promql, series, sum } from "@watchkeeper/catalogue/promql";
import { defineBoard } from "../board.ts";
import { cachesRow } from "../performance/caches.ts";
import { databaseRow } from "../performance/database.ts";
import { processesRow } from "../performance/processes.ts";
import { tenantsRow } from "../performance/tenants.ts";
import { label, query, rateInterval } from "../query.ts";
import { atMost, rising } from "../thresholds.ts";
import { defineVariable } from "../variable.ts";

const app = { job: "app" } as const;

const instance = defineVariable("instance", "Instance", series(processResidentMemoryBytes, app));
const route = defineVariable("route", "Route", series(httpRequestsTotal, app));

const process = { ...app, instance: instance.chosen } as const;
const requests = { ...process, route: route.chosen } as const;

const quantileByRoute = (share: number) => promql`
  histogram_quantile(${share}, sum by (route, le) (
    rate(${buckets(httpRequestDurationSeconds, requests)}[${rateInterval}])))`;

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
        {
          type: "timeseries",
          key: "search-duration",
          title: "95 % of searches take less than",
          about: "Without the way to the browser. The promise is 150 ms.",
          width: 12,
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
          key: "bytes",
          title: "Bytes received and sent",
          about: "On the wire, heads included.",
          width: 12,
          metric: httpResponseSizeBytes,
          unit: "Bps",
          queries: [
            query(promql`sum(rate(${sum(httpRequestSizeBytes, process)}[${rateInterval}]))`, "received"),
            query(promql`sum(rate(${sum(httpResponseSizeBytes, process)}[${rateInterval}]))`, "sent"),
          ],
        },
      ],
    },
    databaseRow(process),
    cachesRow(process),
    processesRow(process),
    tenantsRow(process),
  ],
});
