import { type Expr, type Matcher, promql, series } from "@watchkeeper/catalogue/promql";
import {
  recordedBudgetRemaining,
  recordedBurnRate1h,
  recordedBurnRate6h,
  recordedErrorBudget,
} from "@watchkeeper/catalogue/recorded";
import { windowDays } from "@watchkeeper/catalogue/slo";
import { falling, rising } from "./thresholds.ts";

/** What boards ask of promises. Every expression has one series for each promise. */

/** Which promises: all of them, or those that are chosen. */
export type Promises = { readonly slo?: Matcher };

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** A promise with less of its budget is in danger. */
const LITTLE_LEFT = 0.25;
/** A promise that would spend what is left within this time is in danger: a weekend. */
const SOON = 3 * DAY;

/** Of a promise that is made to each of several, what the one that it is broken for most has left. */
export const budgetLeft = (which: Promises): Expr =>
  promql`min by (slo) (${series(recordedBudgetRemaining, which)})`;

export const burnRate1h = (which: Promises): Expr =>
  promql`max by (slo) (${series(recordedBurnRate1h, which)})`;

export const burnRate6h = (which: Promises): Expr =>
  promql`max by (slo) (${series(recordedBurnRate6h, which)})`;

/** Seconds until the budget is gone at the pace of the last six hours; nothing for a promise that none broke in them. */
export const goneIn = (which: Promises): Expr =>
  windowDays
    .map(
      (days) => promql`
        clamp_min(${budgetLeft(which)}, 0) * ${days * DAY} / (${burnRate6h(which)} > 0)
        and on (slo) ${series(recordedErrorBudget, { window: `${days}d` })}`,
    )
    .reduce((one, other) => promql`${one} or ${other}`);

/** How many promises are broken. */
export const broken = (which: Promises): Expr => promql`count(${budgetLeft(which)} < 0) or vector(0)`;

/** How many are not broken and may be soon. */
export const inDanger = (which: Promises): Expr => promql`
  count(${budgetLeft(which)} >= 0 and (${budgetLeft(which)} < ${LITTLE_LEFT} or (${goneIn(which)}) < ${SOON}))
  or vector(0)`;

/** The expression's series with the labels that say whose promise it is. */
export const withOwner = (which: Promises, expr: Expr): Expr => promql`
  (${expr}) * on (slo) group_left (service, owner)
  max by (slo, service, owner) (${series(recordedErrorBudget, which)} ^ 0)`;

export const leftThresholds = falling(LITTLE_LEFT, 0);
export const goneThresholds = falling(SOON, DAY);

/** From 1 on the budget does not last; from the second on somebody is paged, as over 30 days. */
export const burnThresholds1h = rising(1, 14.4);
export const burnThresholds6h = rising(1, 6);
