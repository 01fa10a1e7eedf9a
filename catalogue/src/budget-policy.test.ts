import { expect, test } from "vitest";
import { type BudgetStep, budgetPolicy, defineBudgetPolicy } from "./budget-policy.ts";

const half: BudgetStep = { spent: 0.5, severity: "info", freezes: ["experiments"], action: "Look at it." };

test("half, three quarters and all of a budget are steps, and more and more is frozen", () => {
  expect(budgetPolicy.map(({ spent }) => spent)).toEqual([0.5, 0.75, 1]);
  expect(budgetPolicy.at(-1)?.freezes).toContain("features");
});

test.each<[string, BudgetStep, string]>([
  [
    "a step below the one before it",
    { ...half, spent: 0.4 },
    "Cannot define budget policy step 2 as spent must be more than 0.5, as the step before it has, and at most 1: current value is 0.4",
  ],
  ["more than all", { ...half, spent: 50 }, "and at most 1: current value is 50"],
  [
    "a step that thaws what was frozen",
    { ...half, spent: 1, freezes: [] },
    "freezes must hold what the step before it froze: missing is experiments",
  ],
  [
    "a template for a sentence",
    { ...half, spent: 1, action: "{{ x }}." },
    "action must be one constant sentence",
  ],
])("%s is refused", (_, step, sentence) => {
  expect(() => defineBudgetPolicy([half, step])).toThrow(sentence);
});
