import { tenantRequestDurationSeconds, tenantRequestsTotal } from "@watchkeeper/catalogue/metrics/tenant";
import { durations, growth, type Shape } from "../shape.ts";

/** The demo's customers, and their share of all requests. */
const TENANTS = [
  { tenant: "northlight", share: 0.58 },
  { tenant: "tidewater", share: 0.3 },
  { tenant: "copperleaf", share: 0.09 },
] as const;

export const tenantShapes: readonly Shape[] = TENANTS.flatMap(({ tenant, share }) => [
  growth(
    tenantRequestsTotal,
    "app",
    { tenant, request_result: "ok" },
    ({ requests, failing }) => requests * share * (1 - failing),
  ),
  growth(
    tenantRequestsTotal,
    "app",
    { tenant, request_result: "error" },
    ({ requests, failing }) => requests * share * failing,
  ),
  durations(
    tenantRequestDurationSeconds,
    "app",
    { tenant },
    { rate: ({ requests }) => requests * share, half: 0.01 },
  ),
]);
