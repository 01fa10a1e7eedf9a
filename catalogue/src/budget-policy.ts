type AtLeastOne<T> = readonly [T, ...T[]];

/**
 * Changes that can be held back. What makes a service better again, a fix or a way back, is none of them: no policy can
 * hold it up.
 */
export const heldBack = {
  experiments: "experiments and load tests",
  infrastructure: "changes of the database's schema and of infrastructure",
  features: "new features",
} as const;
export type HeldBack = keyof typeof heldBack;

/** What happens once a part of a promise's error budget is spent. */
export interface BudgetStep {
  /** Share of the budget, such as 0.5. */
  readonly spent: number;
  /** Who is told: whoever is on call, whoever looks in working hours, or nobody in particular. */
  readonly severity: "page" | "ticket" | "info";
  readonly freezes: readonly HeldBack[];
  /** What the owner of the promise does now: one sentence with its full stop. */
  readonly action: string;
}

export type BudgetPolicy = AtLeastOne<BudgetStep>;

/** Defines a policy. @throws Error that names the step, the field, what is allowed and what was found */
export function defineBudgetPolicy(policy: BudgetPolicy): BudgetPolicy {
  policy.forEach((step, i) => {
    const before = policy[i - 1];
    const refuse = (reason: string): never => {
      throw new Error(`Cannot define budget policy step ${i + 1} as ${reason}`);
    };
    if (!(step.spent > (before?.spent ?? 0) && step.spent <= 1)) {
      const floor = before ? `more than ${before.spent}, as the step before it has,` : "more than 0";
      refuse(`spent must be ${floor} and at most 1: current value is ${step.spent}`);
    }
    const thawed = before?.freezes.filter((change) => !step.freezes.includes(change)) ?? [];
    if (thawed.length > 0) {
      refuse(`freezes must hold what the step before it froze: missing is ${thawed.join(", ")}`);
    }
    if (!/^[^{}\n]+\.$/.test(step.action)) refuse("action must be one constant sentence with a full stop");
  });
  return Object.freeze(policy);
}

/**
 * The policy of every promise. None of its steps pages: a budget that is being spent fast does that by itself, and
 * what was spent slowly is no better looked at in the night.
 */
export const budgetPolicy = defineBudgetPolicy([
  {
    spent: 0.5,
    severity: "info",
    freezes: [],
    action: "Look at what spent it, before planning the next weeks.",
  },
  {
    spent: 0.75,
    severity: "ticket",
    freezes: ["experiments", "infrastructure"],
    action: "The next piece of work is what spends the budget.",
  },
  {
    spent: 1,
    severity: "ticket",
    freezes: ["experiments", "infrastructure", "features"],
    action: "The promise is broken: only work that mends it goes out, until the window has moved on.",
  },
]);
