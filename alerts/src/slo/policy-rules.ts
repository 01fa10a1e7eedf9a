import {
  type BudgetPolicy,
  type BudgetStep,
  budgetPolicy,
  heldBack,
} from "@watchkeeper/catalogue/budget-policy";
import { sloAlerts, sloSeries } from "@watchkeeper/catalogue/names";
import { Expr, promql } from "@watchkeeper/catalogue/promql";
import { annotationsOf, whoOf } from "./alert-text.ts";
import type { AlertRule } from "./rule.ts";
import { about, percent } from "./shared-rules.ts";

const spent = promql`(1 - ${new Expr(sloSeries.budgetRemaining)})`;

/** What is frozen, as a sentence. */
export const frozenBy = ({ freezes }: BudgetStep): string =>
  freezes.length === 0
    ? "Nothing is frozen."
    : `Frozen are ${freezes.map((change) => heldBack[change]).join("; ")}.`;

/** One step is in force at a time: the next one takes over from it. */
function stepRule(step: BudgetStep, next: BudgetStep | undefined, groups: readonly string[]): AlertRule {
  const from = promql`${spent} >= ${step.spent}`;
  return {
    alert: sloAlerts.budgetSpent,
    expr: about({}, next ? promql`${from} < ${next.spent}` : from),
    // The rate at which a budget is spent is even enough for a quarter of an hour to tell a step from a stumble.
    for: "15m",
    labels: { severity: step.severity, share: percent(step.spent) },
    annotations: annotationsOf(
      sloAlerts.budgetSpent,
      step.spent < 1
        ? "A large part of a promise's error budget is spent."
        : "The error budget of a promise is spent: the promise is broken.",
      `${whoOf(groups)} has spent {{ $value | humanizePercentage }} of its error budget. ${frozenBy(step)} ${step.action}`,
    ),
  };
}

/** The alerts that a policy asks for, one to each step, shared by all promises. */
export const policyRules = (
  groups: readonly string[] = [],
  policy: BudgetPolicy = budgetPolicy,
): readonly AlertRule[] => policy.map((step, i) => stepRule(step, policy[i + 1], groups));
