import { loadAlerts, loadLogAlerts, loadPagerOwnAlerts } from "@watchkeeper/alerts/load";
import { recordings } from "@watchkeeper/alerts/recording";
import { sloRules } from "@watchkeeper/alerts/slo/rules";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { expect, test } from "vitest";
import { checkExpression, knownSeries } from "./expressions.ts";

const known = knownSeries(recordings);
const alerts = await loadAlerts();
const pagerOwnAlerts = await loadPagerOwnAlerts();
const logAlerts = await loadLogAlerts();

test.each([
  ...recordings.map(({ name, expr }) => [name, expr.text] as const),
  ...alerts.map(({ name, expr }) => [name, expr.text] as const),
  ...[...alerts, ...logAlerts, ...pagerOwnAlerts].map(
    ({ name, runbook }) => [`${name}'s first query`, runbook.firstQuery.text] as const,
  ),
  ...slos.map(({ name, runbook }) => [`${name}'s first query`, runbook.firstQuery.text] as const),
  ...sloRules(slos).map((rule, i) => {
    const name = "record" in rule ? rule.record : rule.alert;
    return [`${name} (rule ${i + 1} of promises)`, rule.expr.text] as const;
  }),
])("%s selects only what exists", (_, text) => {
  expect(checkExpression(text, known)).toEqual([]);
});

test.each([
  ["sum(rate(http_requests_totl[5m]))", "selects http_requests_totl, which nobody makes"],
  ['http_requests_total{path="/"}', "matches http_requests_total by path, a label that it does not carry"],
  ['job:http_requests:rate5m{instance="a",status="500"}', "matches job:http_requests:rate5m by status"],
  ["sum by (tenant) (http_requests_total)", "groups by tenant, which none of http_requests_total carries"],
  ["up and on (dependency) pg_up", "groups by dependency, which none of up, pg_up carries"],
  [
    'http_request_duration_seconds_bucket{le="1"}',
    'matches the edge le="1", which Prometheus 3 writes with .0',
  ],
  ["http_request_duration_seconds", "selects http_request_duration_seconds, which nobody makes"],
  ["sum by (job (up)", "is no PromQL"],
])("%s is refused", (text, problem) => {
  expect(checkExpression(text, known).join("\n")).toContain(problem);
});
