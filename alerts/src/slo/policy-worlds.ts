import { budgetPolicy } from "@watchkeeper/catalogue/budget-policy";
import { sloAlerts } from "@watchkeeper/catalogue/names";
import { frozenBy } from "./policy-rules.ts";
import { renderWorlds, type World } from "./shared-worlds.ts";

const [, threeQuarters] = budgetPolicy;

/** 100 events a minute: 4320 may fail in 30 days. An hour in, 2200 have failed, then 3300, then 4400. */
const inSteps = { events: "0+100x200", errors: "0x59 2200x39 3300x39 4400x60" };

/** What the policy says while a budget is spent. */
const policyWorlds: readonly World[] = [
  {
    title: "half, three quarters, all of it: each step takes over from the one before",
    alert: sloAlerts.budgetSpent,
    promises: [
      { slo: "Strict", ...inSteps },
      { slo: "Ticket", urgency: "ticket", ...inSteps },
      { slo: "Kept", events: "0+100x200", errors: "0x59 2100x140" },
    ],
    looks: [
      { at: "59m", slo: "Strict", fires: [] },
      { at: "70m", slo: "Strict", fires: [] },
      { at: "80m", slo: "Strict", fires: [" 50%"] },
      { at: "120m", slo: "Strict", fires: [" 75%"] },
      { at: "120m", slo: "Ticket", fires: [" 75%"] },
      { at: "180m", slo: "Strict", fires: [" 100%"] },
      { at: "180m", slo: "Kept", fires: [] },
    ],
  },
  {
    title: "the owner reads what is frozen and what to do",
    alert: sloAlerts.budgetSpent,
    promises: [{ slo: "Strict", ...inSteps }],
    looks: [],
    says: {
      at: "120m",
      labels: { severity: "ticket", share: "75%", slo: "Strict" },
      summary: "A large part of a promise's error budget is spent.",
      description: `Strict has spent 76.39% of its error budget. ${threeQuarters ? frozenBy(threeQuarters) : ""} The next piece of work is what spends the budget.`,
    },
  },
  {
    title: "nobody is there: nothing is spent",
    alert: sloAlerts.budgetSpent,
    promises: [{ slo: "Idle", idle: "yes", events: "0x200", errors: "0x200" }],
    looks: [{ at: "180m", slo: "Idle", fires: [] }],
  },
];

/** The promtool test of the policy. */
export const renderPolicyTests = (): string =>
  renderWorlds("1m", policyWorlds, "alerts/src/slo/policy-worlds.ts");
