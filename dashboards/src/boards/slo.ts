import { promql, series } from "@watchkeeper/catalogue/promql";
import {
  recordedBudgetRemaining,
  recordedBurnRate1h,
  recordedBurnRate6h,
  recordedErrorBudget,
  recordedSloErrors,
  recordedSloEvents,
} from "@watchkeeper/catalogue/recorded";
import { defineBoard } from "../board.ts";
import {
  broken,
  budgetLeft,
  burnRate1h,
  burnRate6h,
  burnThresholds1h,
  burnThresholds6h,
  goneIn,
  goneThresholds,
  inDanger,
  leftThresholds,
  withOwner,
} from "../promises.ts";
import { label, query, rateInterval, wholeRange } from "../query.ts";
import { atMost, neutral, rising } from "../thresholds.ts";
import { defineVariable } from "../variable.ts";

const slo = defineVariable("slo", "Promise", series(recordedBudgetRemaining));
const chosen = { slo: slo.chosen } as const;
const errors = series(recordedSloErrors, chosen);
const events = series(recordedSloEvents, chosen);

export const promises = defineBoard({
  uid: "slo",
  title: "SLOs & error budgets",
  about: "Which promises are in danger, how fast are they being broken, and how long will they hold?",
  tags: ["slo", "directory", "pager"],
  span: "24h",
  variables: [slo],
  links: ["overview", "performance", "on-call"],
  rows: [
    {
      title: "Now",
      panels: [
        {
          type: "stat",
          key: "broken",
          title: "Broken promises",
          about: "Promises whose budget is overspent. What is risky waits until it has recovered.",
          width: 4,
          metric: recordedBudgetRemaining,
          unit: "none",
          decimals: 0,
          queries: [query(broken(chosen))],
          thresholds: atMost(1),
        },
        {
          type: "stat",
          key: "in-danger",
          title: "Promises in danger",
          about:
            "Promises with less than a quarter of their budget left, or whose budget would be gone within three days.",
          width: 4,
          metric: recordedBudgetRemaining,
          unit: "none",
          decimals: 0,
          queries: [query(inDanger(chosen))],
          sparkline: false,
          thresholds: rising(1, 3),
        },
        {
          type: "stat",
          key: "least-left",
          title: "Least budget left",
          about: "What the promise that is worst off has left of its budget. Below 0 it is broken.",
          width: 4,
          metric: recordedBudgetRemaining,
          decimals: 1,
          queries: [query(promql`min(${budgetLeft(chosen)})`)],
          thresholds: leftThresholds,
        },
        {
          type: "stat",
          key: "fastest-burn",
          title: "Fastest burn, 1 h",
          about: "How many times as fast as allowed the promise that burns fastest spends its budget.",
          width: 4,
          metric: recordedBurnRate1h,
          unit: "none",
          decimals: 1,
          queries: [query(promql`max(${burnRate1h(chosen)})`)],
          thresholds: burnThresholds1h,
        },
        {
          type: "stat",
          key: "first-gone",
          title: "First budget gone in",
          about: "Time until the first budget is spent at the pace of the last six hours.",
          width: 4,
          metric: recordedBurnRate6h,
          unit: "s",
          queries: [query(promql`min(${goneIn(chosen)})`)],
          sparkline: false,
          thresholds: goneThresholds,
          nothing: "nothing burns",
        },
        {
          type: "stat",
          key: "count",
          title: "Promises",
          about: "Promises that are kept track of.",
          width: 4,
          metric: recordedErrorBudget,
          unit: "none",
          decimals: 0,
          queries: [query(promql`count(max by (slo) (${series(recordedErrorBudget, chosen)}))`)],
          thresholds: neutral,
        },
      ],
    },
    {
      title: "Promise by promise",
      panels: [
        {
          type: "table",
          key: "promises",
          title: "Promises",
          about:
            "The worst off first; a name leads to its runbook. A budget without a time is not being spent.",
          width: 24,
          tall: true,
          metric: recordedBudgetRemaining,
          labels: { slo: "Promise", service: "Service", owner: "Owner" },
          runbook: "slo",
          columns: [
            {
              title: "Objective",
              query: query(promql`1 - max by (slo, service, owner) (${series(recordedErrorBudget, chosen)})`),
              unit: "percentunit",
              decimals: 2,
            },
            {
              title: "Budget left",
              query: query(withOwner(chosen, budgetLeft(chosen))),
              unit: "percentunit",
              decimals: 1,
              thresholds: leftThresholds,
            },
            {
              title: "Burn, 1 h",
              query: query(withOwner(chosen, burnRate1h(chosen))),
              unit: "none",
              decimals: 1,
              thresholds: burnThresholds1h,
            },
            {
              title: "Burn, 6 h",
              query: query(withOwner(chosen, burnRate6h(chosen))),
              unit: "none",
              decimals: 1,
              thresholds: burnThresholds6h,
            },
            {
              title: "Gone in",
              query: query(withOwner(chosen, goneIn(chosen))),
              unit: "s",
              decimals: 1,
              thresholds: goneThresholds,
            },
          ],
          sortBy: "Budget left",
          smallestFirst: true,
          nothing: "no promise has been evaluated yet",
        },
      ],
    },
    {
      title: "Budgets over time",
      panels: [
        {
          type: "timeseries",
          key: "left",
          title: "Budget left",
          about:
            "Share of each budget that is left. Below 0 the promise is broken; the chart ends at -100 %, the table does not.",
          width: 24,
          metric: recordedBudgetRemaining,
          belowZero: true,
          max: 1,
          queries: [
            query(promql`clamp_min(${budgetLeft(chosen)}, -1)`, label(recordedBudgetRemaining, "slo")),
          ],
          thresholds: leftThresholds,
          legend: "table",
        },
        {
          type: "timeseries",
          key: "burn-1h",
          title: "Burn rate, 1 h",
          about:
            "At 1 the budget lasts exactly as long as its window. At 14.4 an hour spends 2 % of it, which pages somebody.",
          width: 12,
          metric: recordedBurnRate1h,
          unit: "none",
          decimals: 1,
          queries: [query(burnRate1h(chosen), label(recordedBurnRate1h, "slo"))],
          thresholds: burnThresholds1h,
        },
        {
          type: "timeseries",
          key: "burn-6h",
          title: "Burn rate, 6 h",
          about: "The same over six hours: calmer. At 6 they spend 5 % of the budget, which pages somebody.",
          width: 12,
          metric: recordedBurnRate6h,
          unit: "none",
          decimals: 1,
          queries: [query(burnRate6h(chosen), label(recordedBurnRate6h, "slo"))],
          thresholds: burnThresholds6h,
        },
      ],
    },
    {
      title: "What was counted",
      panels: [
        {
          type: "timeseries",
          key: "events",
          title: "Events",
          about: "Events that each promise counts a second. Where nothing is counted, nothing is promised.",
          width: 12,
          metric: recordedSloEvents,
          unit: "ops",
          queries: [
            query(promql`sum by (slo) (rate(${events}[${rateInterval}]))`, label(recordedSloEvents, "slo")),
          ],
        },
        {
          type: "timeseries",
          key: "errors",
          title: "Errors",
          about: "Events that break each promise a second: these spend its budget.",
          width: 12,
          metric: recordedSloErrors,
          unit: "ops",
          queries: [
            query(promql`sum by (slo) (rate(${errors}[${rateInterval}]))`, label(recordedSloErrors, "slo")),
          ],
        },
        {
          type: "table",
          key: "counted",
          title: "In the chosen time",
          about:
            "Events and errors of each promise within the time that is shown, those with most errors first.",
          width: 24,
          tall: true,
          metric: recordedSloErrors,
          labels: { slo: "Promise" },
          runbook: "slo",
          columns: [
            {
              title: "Events",
              query: query(promql`round(sum by (slo) (increase(${events}[${wholeRange}])))`),
              unit: "short",
            },
            {
              title: "Errors",
              query: query(promql`round(sum by (slo) (increase(${errors}[${wholeRange}])))`),
              unit: "short",
            },
            {
              title: "Kept",
              query: query(promql`
                1 - sum by (slo) (increase(${errors}[${wholeRange}]))
                / (sum by (slo) (increase(${events}[${wholeRange}])) > 0)`),
              unit: "percentunit",
              decimals: 2,
            },
          ],
          sortBy: "Errors",
          nothing: "nothing was counted",
        },
      ],
    },
  ],
});
