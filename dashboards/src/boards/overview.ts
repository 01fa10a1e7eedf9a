import { alerts, probeSuccess } from "@watchkeeper/catalogue/external";
import { authActiveSessions } from "@watchkeeper/catalogue/metrics/auth";
import { databaseConnectionsActive, databaseConnectionsMax } from "@watchkeeper/catalogue/metrics/database";
import { appDependencyUp } from "@watchkeeper/catalogue/metrics/dependency";
import {
  httpRequestDurationSeconds,
  httpRequestsInFlight,
  httpRequestsTotal,
} from "@watchkeeper/catalogue/metrics/http";
import { pagerIncidentsOpen } from "@watchkeeper/catalogue/metrics/pager";
import { buckets, match, not, promql, series } from "@watchkeeper/catalogue/promql";
import {
  recordedBudgetRemaining,
  recordedBurnRate6h,
  recordedErrorRatio,
  recordedLatencyP95,
  recordedRequestRate,
} from "@watchkeeper/catalogue/recorded";
import { defineBoard } from "../board.ts";
import { broken, budgetLeft, goneIn, goneThresholds, inDanger, leftThresholds } from "../promises.ts";
import { label, query, rateInterval } from "../query.ts";
import { atLeast, atMost, neutral, rising } from "../thresholds.ts";

const app = { job: "app" } as const;

const statusClass = (status: string) =>
  promql`sum(rate(${series(httpRequestsTotal, { ...app, status: match(status) })}[${rateInterval}]))`;

const quantile = (share: number) => promql`
  histogram_quantile(${share}, sum by (le) (rate(${buckets(httpRequestDurationSeconds, app)}[${rateInterval}])))`;

const byRoute = promql`sum by (method, route) (rate(${series(httpRequestsTotal, app)}[5m]))`;
const failedByRoute = promql`
  sum by (method, route) (rate(${series(httpRequestsTotal, { ...app, status: match("5..") })}[5m]))`;

export const overview = defineBoard({
  uid: "overview",
  title: "Company Directory",
  about: "Is the Company Directory well, and where does it hurt?",
  tags: ["directory"],
  span: "6h",
  links: ["performance", "slo", "business", "infrastructure", "on-call", "watchkeeper"],
  rows: [
    {
      title: "Now",
      panels: [
        {
          type: "stat",
          key: "reachable",
          title: "Reachable from outside",
          about: "Whether a request from outside, as a visitor makes it, gets an answer.",
          width: 4,
          metric: probeSuccess,
          unit: "bool_yes_no",
          queries: [query(promql`min(${series(probeSuccess, { target: "app" })})`)],
          words: { 0: "no", 1: "yes" },
          thresholds: atLeast(1),
          sparkline: false,
          runbooks: ["ServiceDown"],
        },
        {
          type: "stat",
          key: "request-rate",
          title: "Requests",
          about: "How much the directory is used. A sudden fall is as telling as a rise.",
          width: 4,
          metric: recordedRequestRate,
          unit: "reqps",
          decimals: 1,
          queries: [query(promql`${series(recordedRequestRate, app)}`)],
          thresholds: neutral,
        },
        {
          type: "stat",
          key: "error-ratio",
          title: "Failed requests",
          about: "Share of answers with a 5xx status. More than 5 % for five minutes pages somebody.",
          width: 4,
          metric: recordedErrorRatio,
          decimals: 2,
          queries: [query(promql`${series(recordedErrorRatio, app)}`)],
          thresholds: rising(0.01, 0.05),
          runbooks: ["HighErrorRate"],
        },
        {
          type: "stat",
          key: "latency-p95",
          title: "95 % answer within",
          about: "19 of 20 requests take less time than this. The promise is 500 ms.",
          width: 4,
          metric: httpRequestDurationSeconds,
          queries: [query(promql`${series(recordedLatencyP95, app)}`)],
          thresholds: rising(0.2, 0.5),
          more: "performance",
        },
        {
          type: "stat",
          key: "sessions",
          title: "Active sessions",
          about: "People who are signed in right now.",
          width: 4,
          metric: authActiveSessions,
          decimals: 0,
          queries: [query(promql`max(${series(authActiveSessions)})`)],
          thresholds: neutral,
          more: "business",
        },
        {
          type: "stat",
          key: "incidents",
          title: "Open incidents",
          about: "Incidents that page somebody or wait as a ticket, and are not resolved.",
          width: 4,
          metric: pagerIncidentsOpen,
          decimals: 0,
          queries: [query(promql`sum(${series(pagerIncidentsOpen, { severity: not("info") })})`)],
          thresholds: atMost(1),
          more: "on-call",
        },
      ],
    },
    {
      title: "Promises",
      panels: [
        {
          type: "stat",
          key: "promises-broken",
          title: "Broken promises",
          about: "Promises whose error budget is overspent.",
          width: 6,
          metric: recordedBudgetRemaining,
          unit: "none",
          decimals: 0,
          queries: [query(broken({}))],
          thresholds: atMost(1),
          more: "slo",
        },
        {
          type: "stat",
          key: "promises-in-danger",
          title: "Promises in danger",
          about:
            "Promises with less than a quarter of their budget left, or whose budget would be gone within three days.",
          width: 6,
          metric: recordedBudgetRemaining,
          unit: "none",
          decimals: 0,
          queries: [query(inDanger({}))],
          sparkline: false,
          thresholds: rising(1, 3),
          more: "slo",
        },
        {
          type: "stat",
          key: "budget-left",
          title: "Least budget left",
          about: "What the promise that is worst off has left of its budget. Below 0 it is broken.",
          width: 6,
          metric: recordedBudgetRemaining,
          decimals: 1,
          queries: [query(promql`min(${budgetLeft({})})`)],
          thresholds: leftThresholds,
          more: "slo",
        },
        {
          type: "stat",
          key: "budget-gone",
          title: "First budget gone in",
          about: "Time until the first budget is spent at the pace of the last six hours.",
          width: 6,
          metric: recordedBurnRate6h,
          unit: "s",
          queries: [query(promql`min(${goneIn({})})`)],
          sparkline: false,
          thresholds: goneThresholds,
          nothing: "nothing burns",
          more: "slo",
        },
      ],
    },
    {
      title: "Traffic and failures",
      panels: [
        {
          type: "timeseries",
          key: "status-classes",
          title: "Answers by status",
          about: "Requests answered each second. 4xx are the visitors' mistakes, 5xx are ours.",
          width: 12,
          metric: httpRequestsTotal,
          unit: "reqps",
          stacked: true,
          queries: [
            query(statusClass("2.."), "2xx"),
            query(statusClass("3.."), "3xx"),
            query(statusClass("4.."), "4xx"),
            query(statusClass("5.."), "5xx"),
          ],
          colours: { "2xx": "green", "3xx": "blue", "4xx": "orange", "5xx": "red" },
        },
        {
          type: "timeseries",
          key: "error-ratio-history",
          title: "Failed requests",
          about: "Share of answers with a 5xx status; the line is where somebody is paged.",
          width: 12,
          metric: recordedErrorRatio,
          queries: [query(promql`${series(recordedErrorRatio, app)}`, "failed")],
          thresholds: atMost(0.05),
          colours: { failed: "red" },
          runbooks: ["HighErrorRate"],
        },
      ],
    },
    {
      title: "Speed",
      panels: [
        {
          type: "timeseries",
          key: "latency",
          title: "Time to answer",
          about: "Half, 95 % and 99 % of the requests are faster than these lines.",
          width: 12,
          metric: httpRequestDurationSeconds,
          legend: "table",
          queries: [
            query(quantile(0.5), "p50"),
            query(quantile(0.95), "p95"),
            query(quantile(0.99), "p99", { exemplars: true }),
          ],
          thresholds: atMost(0.5),
          more: "performance",
        },
        {
          type: "heatmap",
          key: "latency-spread",
          title: "How the times spread",
          about: "Requests by how long they took: two bands mean two kinds of requests, or of visitors.",
          width: 12,
          metric: httpRequestDurationSeconds,
          query: query(
            promql`sum by (le) (increase(${buckets(httpRequestDurationSeconds, app)}[${rateInterval}]))`,
            "{{le}}",
          ),
        },
      ],
    },
    {
      title: "Where",
      panels: [
        {
          type: "table",
          key: "endpoints",
          title: "Busiest endpoints",
          about: "The ten endpoints with the most requests in the last five minutes, and how each fares.",
          width: 16,
          metric: httpRequestsTotal,
          labels: { method: "Method", route: "Route" },
          follow: { label: "route", board: "performance", variable: "route" },
          columns: [
            { title: "Requests", query: query(promql`topk(10, ${byRoute})`), unit: "reqps", decimals: 2 },
            {
              title: "Failed",
              query: query(
                promql`(${failedByRoute} or 0 * ${byRoute}) / ${byRoute} and topk(10, ${byRoute})`,
              ),
              unit: "percentunit",
              decimals: 2,
              thresholds: rising(0.01, 0.05),
            },
            {
              title: "95 % within",
              query: query(promql`
                histogram_quantile(0.95, sum by (method, route, le) (rate(${buckets(httpRequestDurationSeconds, app)}[5m])))
                and topk(10, ${byRoute})`),
              unit: "s",
              thresholds: rising(0.2, 0.5),
            },
          ],
          sortBy: "Requests",
          nothing: "nobody is there",
          more: "performance",
        },
        {
          type: "bargauge",
          key: "status-codes",
          title: "Status codes",
          about: "Answers of the last hour by their exact status.",
          width: 8,
          metric: httpRequestsTotal,
          decimals: 0,
          queries: [
            query(
              promql`sort_desc(sum by (status) (increase(${series(httpRequestsTotal, app)}[1h])))`,
              label(httpRequestsTotal, "status"),
            ),
          ],
          thresholds: neutral,
        },
      ],
    },
    {
      title: "What it stands on",
      panels: [
        {
          type: "stat",
          key: "dependencies",
          title: "Dependencies",
          about: "Whether the directory itself reaches what it cannot work without.",
          width: 8,
          metric: appDependencyUp,
          unit: "bool_yes_no",
          queries: [
            query(
              promql`min by (dependency) (${series(appDependencyUp, app)})`,
              label(appDependencyUp, "dependency"),
            ),
          ],
          words: { 0: "away", 1: "there" },
          thresholds: atLeast(1),
          sparkline: false,
          runbooks: ["DatabaseUnreachable"],
          more: "infrastructure",
        },
        {
          type: "stat",
          key: "pool",
          title: "Database connections in use",
          about: "Share of the pool that is busy. A full pool makes every request wait.",
          width: 8,
          metric: databaseConnectionsActive,
          unit: "percentunit",
          decimals: 0,
          queries: [
            query(promql`
              sum(${series(databaseConnectionsActive, app)}) / sum(${series(databaseConnectionsMax, app)})`),
          ],
          thresholds: rising(0.8, 0.95),
          more: "performance",
        },
        {
          type: "stat",
          key: "in-flight",
          title: "Being answered",
          about: "Requests that are under way. It grows without end when something they wait for is stuck.",
          width: 8,
          metric: httpRequestsInFlight,
          decimals: 0,
          queries: [query(promql`sum(${series(httpRequestsInFlight, app)})`)],
          thresholds: rising(50, 100),
        },
        {
          type: "table",
          key: "firing",
          title: "Alerts that fire",
          about: "What asks something of a person right now.",
          width: 24,
          short: true,
          metric: alerts,
          labels: { alertname: "Alert", service: "Service", severity: "Severity" },
          columns: [
            {
              title: "Series",
              query: query(promql`
                count by (alertname, service, severity) (
                  ${series(alerts, { alertstate: "firing", severity: not("info") })})`),
              unit: "none",
            },
          ],
          sortBy: "Series",
          nothing: "nothing fires",
          more: "on-call",
        },
      ],
    },
  ],
});
