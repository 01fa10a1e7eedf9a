import { tenantRequestDurationSeconds, tenantRequestsTotal } from "@watchkeeper/catalogue/metrics/tenant";
import { buckets, promql, series } from "@watchkeeper/catalogue/promql";
import type { Row } from "../board.ts";
import { label, query, rateInterval } from "../query.ts";
import { atMost } from "../thresholds.ts";
import type { Chosen } from "./chosen.ts";

/** Whether trouble is everybody's or one customer's. */
export const tenantsRow = (process: Chosen): Row => ({
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
});
