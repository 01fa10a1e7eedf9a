import { up } from "@watchkeeper/catalogue/external";
import { labels } from "@watchkeeper/catalogue/labels";
import { databaseQueryDurationSeconds } from "@watchkeeper/catalogue/metrics/database";
import { tenantRequestsTotal } from "@watchkeeper/catalogue/metrics/tenant";
import { Selector, series } from "@watchkeeper/catalogue/promql";
import { defineSlo, goodOf, groupedBy, type Slo, within } from "@watchkeeper/catalogue/slo";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { expect, test } from "vitest";
import type { Claim, Sourced } from "./claim.ts";
import { findContradictions } from "./contradictions.ts";
import { ownClaims } from "./own-claims.ts";

const from = (source: string, ...claims: readonly Claim[]): readonly Sourced[] =>
  claims.map((claim) => ({ source, claim }));

const PROM_CLIENT_EDGES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The numbers of five real launch documents, as they were written. */
const documents: readonly Sourced[] = [
  ...from(
    "launch design",
    { kind: "objective", of: "availability", objective: 0.999, days: 30 },
    { kind: "objective", of: "availability", objective: 0.99, days: 30 },
    { kind: "ratio-alert", of: "availability", above: 0.05, forMinutes: 5 },
    { kind: "latency", of: "a request", seconds: 2, statistic: 0.95, edges: PROM_CLIENT_EDGES },
    { kind: "maintenance", of: "availability", minutesPerMonth: 120 },
    { kind: "backup", everyMinutes: 360, keptDays: 30 },
    { kind: "recovery", pointMinutes: 360, timeMinutes: 240 },
    { kind: "use", of: "the processor", alertAbove: 0.8 },
    { kind: "use", of: "memory", alertAbove: 0.85 },
    { kind: "pool", perInstance: 20, instances: 4, serverAccepts: 100 },
    { kind: "request-limit", of: "one visitor", perMinute: 100 },
    { kind: "request-limit", of: "all of an address", perMinute: 1_000 / 15 },
  ),
  ...from("infrastructure", { kind: "recovery", pointMinutes: 60 }),
  ...from("calculator", { kind: "latency", of: "a request", seconds: 0.2, statistic: "average" }),
  ...from(
    "deployment",
    { kind: "latency", of: "a search", seconds: 0.15, edges: PROM_CLIENT_EDGES },
    { kind: "maintenance", of: "availability", minutesPerMonth: 20 },
  ),
  ...from(
    "tasks",
    { kind: "latency", of: "a request", seconds: 0.5 },
    { kind: "use", of: "the processor", target: 0.7, alertAbove: 0.85 },
    { kind: "use", of: "memory", target: 0.8, alertAbove: 0.9 },
    { kind: "cost", normalFrom: 95, normalTo: 120, alertAbove: 120 },
    { kind: "recovery", pointMinutes: 5, timeMinutes: 60, pointInTimeDays: 35 },
    { kind: "backup", everyMinutes: 1_440, keptDays: 7 },
  ),
];

test("the documents contradict each other and themselves in these ways", () => {
  const found = findContradictions(documents).map(
    ({ rule, says, sources }) => `${rule} (${sources.join(", ")}): ${says}`,
  );
  expect(found).toMatchInlineSnapshot(`
    [
      "two objectives for one thing (launch design, launch design): 99 % of availability burns the budget of 99.9 % 10 times as fast as allowed: it is gone after 3 days.",
      "two latencies for one thing (launch design, calculator): a request must take 2 s and 0.2 s.",
      "two latencies for one thing (launch design, tasks): a request must take 2 s and 0.5 s.",
      "two latencies for one thing (calculator, tasks): a request must take 0.2 s and 0.5 s.",
      "a latency that is no share of events (calculator): 0.2 s for a request is an average: one slow request of ten hides behind nine fast ones.",
      "a latency that is no share of events (deployment): 0.15 s for a search names no statistic: nobody can say when it is broken.",
      "a latency that is no share of events (tasks): 0.5 s for a request names no statistic: nobody can say when it is broken.",
      "a latency that no bucket can tell (launch design): a request promises 2 s, and the histogram has no edge there: 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10.",
      "a latency that no bucket can tell (deployment): a search promises 0.15 s, and the histogram has no edge there: 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10.",
      "an alert looser than its promise (launch design, launch design): Just below 5 % the alert is silent, and the budget of 99.9 % of availability is gone after 14.4 h.",
      "a recovery point between two backups (infrastructure, launch design): At most 60 min may be lost, and backups are 6 h apart.",
      "a recovery point between two backups (tasks, launch design): At most 5 min may be lost, and backups are 6 h apart.",
      "a point in time that no backup reaches (tasks, launch design): Any point of 35 days can be restored, and backups are kept for 30.",
      "a point in time that no backup reaches (tasks, tasks): Any point of 35 days can be restored, and backups are kept for 7.",
      "two answers for one recovery (launch design, infrastructure): At most 6 h and 60 min may be lost.",
      "two answers for one recovery (launch design, tasks): At most 6 h and 5 min may be lost.",
      "two answers for one recovery (infrastructure, tasks): At most 60 min and 5 min may be lost.",
      "two answers for one recovery (launch design, tasks): Within 4 h and 60 min it is back.",
      "maintenance larger than the budget (launch design, launch design): 120 min of planned silence a month are 278 % of the 43.2 min that 99.9 % of availability leaves.",
      "maintenance larger than the budget (launch design, launch design): 120 min of planned silence a month are 27.8 % of the 432 min that 99 % of availability leaves.",
      "maintenance larger than the budget (deployment, launch design): 20 min of planned silence a month are 46.3 % of the 43.2 min that 99.9 % of availability leaves.",
      "a cost alert inside the normal range (tasks): The alert at 120 fires in an ordinary month, which costs 95 to 120.",
      "two alerts for one use (launch design, tasks): the processor alerts above 80 % and above 85 %.",
      "two alerts for one use (launch design, tasks): memory alerts above 85 % and above 90 %.",
      "a limit for all below that for one (launch design, launch design): One visitor may ask 100 times a minute, and everybody behind an address together 66.7 times.",
    ]
  `);
});

test("our own promises contradict neither each other nor the rules", () => {
  expect(findContradictions(ownClaims(slos))).toEqual([]);
});

const page = slos.find(({ name }) => name === "DirectoryLogin") as Slo;

test.each<[string, readonly Sourced[], string]>([
  [
    "a page that a loose promise can never send",
    ownClaims([defineSlo({ ...page, objective: 0.9 })]),
    "Burning 14.4 times as fast as 90 % of DirectoryLogin allows would need 144 % errors.",
  ],
  [
    "a window longer than Prometheus keeps",
    ownClaims([page], 15),
    "DirectoryLogin is promised over 30 days, and only 15 are kept.",
  ],
  [
    "a page over a year that even all errors cannot send",
    ownClaims([defineSlo({ ...page, objective: 0.994, calendar: { each: "year", zone: "UTC" } })]),
    "Burning 175 times as fast as 99.4 % of DirectoryLogin allows would need 105 % errors.",
  ],
  [
    "a calendar whose rules read further back than Prometheus keeps",
    ownClaims([defineSlo({ ...page, calendar: { each: "week", zone: "UTC" } })], 15),
    "DirectoryLogin is promised over 30 days, and only 15 are kept.",
  ],
  [
    "more tenants than there may be",
    ownClaims([
      defineSlo({ ...page, per: groupedBy(tenantRequestsTotal, "tenant", labels.tenant.maxValues) }),
    ]),
    "DirectoryLogin tells 51 apart by tenant and shares one budget among the others, and tenant has at most 51 values.",
  ],
  [
    "an edge that the histogram does not have",
    ownClaims([
      defineSlo({
        ...page,
        indicator: goodOf(
          [new Selector(`${databaseQueryDurationSeconds.name}_bucket`, { job: "app", le: "0.3" })],
          [series(up, { job: "app" })],
        ),
      }),
    ]),
    "DirectoryLogin promises 0.3 s, and the histogram has no edge there",
  ],
])("%s is found", (_, claims, says) => {
  expect(
    findContradictions(claims)
      .map((found) => found.says)
      .join("\n"),
  ).toContain(says);
});

test("a quarter needs no more of Prometheus' memory than its rules read: what had been counted is carried along", () => {
  const quarter = defineSlo({ ...page, calendar: { each: "quarter", zone: "Europe/Berlin" } });
  expect(findContradictions(ownClaims([quarter]))).toEqual([]);
});

test("an edge that the histogram has is no contradiction", () => {
  const sound = defineSlo({ ...page, indicator: within(databaseQueryDurationSeconds, 1, { job: "app" }) });
  expect(findContradictions(ownClaims([sound]))).toEqual([]);
});
