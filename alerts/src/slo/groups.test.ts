import { tenantRequestsTotal } from "@watchkeeper/catalogue/metrics/tenant";
import { sloAlerts, sloSeries } from "@watchkeeper/catalogue/names";
import { series } from "@watchkeeper/catalogue/promql";
import { badOf, defineSlo, groupedBy, type Slo } from "@watchkeeper/catalogue/slo";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { expect, test } from "vitest";
import { sloRules } from "./rules.ts";
import { expected, promtoolTest } from "./test-promtool.ts";

const app = { job: "app" } as const;
const login = slos.find(({ name }) => name === "DirectoryLogin") as Slo;
const perTenant = defineSlo({
  ...login,
  name: "PerTenant",
  indicator: badOf(
    [series(tenantRequestsTotal, { ...app, request_result: "error" })],
    [series(tenantRequestsTotal, app)],
  ),
  per: groupedBy(tenantRequestsTotal, "tenant", 2),
});

test("only a label that the metric has can tell apart to whom a promise is made", () => {
  // @ts-expect-error the metric has no such label
  expect(groupedBy(tenantRequestsTotal, "route", 2).atMost).toBe(2);
  expect(() => defineSlo({ ...perTenant, per: groupedBy(tenantRequestsTotal, "tenant", 1_000) })).toThrow(
    'Cannot define SLO "PerTenant" as per.atMost must be whole and from 1 to 100: current value is 1000',
  );
});

const STEPS = 100;
/** Events that a tenant has had at each scrape; none before it is born. */
const countsOf = (a: { readonly each: number; readonly from?: number; readonly until?: number }): string =>
  Array.from({ length: STEPS }, (_, i) =>
    i < (a.from ?? 0) ? "_" : Math.min(i, a.until ?? STEPS) * a.each,
  ).join(" ");

const tenant = (name: string, good: Parameters<typeof countsOf>[0], bad: Parameters<typeof countsOf>[0]) => [
  {
    series: `tenant_requests_total{job="app",instance="a",tenant="${name}",request_result="ok"}`,
    values: countsOf(good),
  },
  {
    series: `tenant_requests_total{job="app",instance="a",tenant="${name}",request_result="error"}`,
    values: countsOf(bad),
  },
];

test("the largest have a budget each, all others share one, and nothing is lost or counted twice", () => {
  const mine = (name: string, who: string) => `${name}{slo="PerTenant",tenant="${who}"}`;
  const counts = (name: string, who: string, value: number) =>
    expected(mine(name, who), "1455s", [{ labels: mine(name, who), value }]);
  const output = promtoolTest(sloRules([perTenant]), 15, {
    input_series: [
      { series: 'up{job="app",instance="a"}', values: `1x${STEPS}` },
      ...tenant("acme", { each: 50 }, { each: 50, from: 60 }),
      ...tenant("globex", { each: 40 }, { each: 0 }),
      ...tenant("initech", { each: 3 }, { each: 1 }),
      // Larger than all, and too late: a budget does not change hands.
      ...tenant("umbrella", { each: 500, from: 40 }, { each: 0 }),
      ...tenant("other", { each: 2 }, { each: 0 }),
    ],
    promql_expr_test: [
      expected(`count(${sloSeries.eventsCumulative})`, "1455s", [{ labels: "{}", value: 3 }]),
      // The newest sample that is read at step 97 is that of step 96.
      counts(sloSeries.eventsCumulative, "acme", 50 * 96 + 50 * 96),
      counts(sloSeries.errorsCumulative, "acme", 50 * 96),
      counts(sloSeries.eventsCumulative, "globex", 40 * 96),
      counts(sloSeries.errorsCumulative, "globex", 0),
      counts(sloSeries.eventsCumulative, "other", 4 * 96 + 500 * 96 + 2 * 96),
      counts(sloSeries.errorsCumulative, "other", 96),
      expected(
        `count by (tenant) (ALERTS{alertname="${sloAlerts.burnsFast}",alertstate="firing",tier="30m"})`,
        "1455s",
        [{ labels: '{tenant="acme"}', value: 1 }],
      ),
      ...[sloAlerts.trafficLost, sloAlerts.noEventsEver, sloAlerts.inconsistent].map((alert) =>
        expected(`count(ALERTS{alertname="${alert}"}) or vector(0)`, "1455s", [{ labels: "{}", value: 0 }]),
      ),
    ],
  });
  expect(output).toContain("SUCCESS");
});

test("an alert names the one that it is about", () => {
  const texts = sloRules([perTenant]).flatMap((rule) =>
    "alert" in rule && rule.alert === sloAlerts.burnsFast ? [rule.annotations.description] : [],
  );
  expect(texts.length).toBeGreaterThan(0);
  for (const text of texts) {
    expect(text).toContain("{{ $labels.slo }}{{ with $labels.tenant }} of {{ . }}{{ end }} has spent");
    expect(text).toContain("slo='%s',tenant='%s'");
  }
});
