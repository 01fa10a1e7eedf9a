import {
  type MaintenanceWindow,
  type Monthly,
  maintenanceOf,
  minuteOfDay,
  minuteOfWeek,
  type Once,
  unixSeconds,
  type Weekly,
  weekdays,
} from "@watchkeeper/catalogue/maintenance";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { Expr, promql } from "@watchkeeper/catalogue/promql";
import type { RecordingRule } from "./rule.ts";
import type { RuleTiming } from "./timing.ts";

const WEEK = 7 * 24 * 3_600;
/** 1970 began on a Thursday; its first Monday was the fifth of January. */
const FIRST_MONDAY = 4 * 24 * 3_600;

/** The time up to which events are counted, which is not now. Large numbers are written out, as PromQL is read by people. */
const seconds = (value: number): Expr => new Expr(String(value));

const once = ({ from, to }: Once, { lag }: RuleTiming): Expr => {
  const counted = promql`vector(time() - ${lag})`;
  return promql`(${counted} > bool ${seconds(unixSeconds(from))}) * (${counted} <= bool ${seconds(unixSeconds(to))})`;
};

const weekly = (when: Weekly, { lag }: RuleTiming): Expr => {
  const counted = promql`(vector(time() - ${lag + FIRST_MONDAY}) % ${WEEK})`;
  const from = minuteOfWeek(when) * 60;
  const to = from + when.minutes * 60;
  // One that goes on into Monday is two parts of a week.
  return to <= WEEK
    ? promql`(${counted} > bool ${from}) * (${counted} <= bool ${to})`
    : promql`(${counted} > bool ${from}) + (${counted} <= bool ${to - WEEK})`;
};

const monthly = (when: Monthly, { lag }: RuleTiming): Expr => {
  const counted = promql`vector(time() - ${lag})`;
  // Prometheus counts weekdays from Sunday.
  const day = (weekdays.indexOf(when.every) + 1) % 7;
  const [first, last] = [7 * (when.the - 1) + 1, 7 * when.the];
  const [from, to] = [minuteOfDay(when.at) * 60, (minuteOfDay(when.at) + when.minutes) * 60];
  return promql`
    (day_of_week(${counted}) == bool ${day}) * (day_of_month(${counted}) >= bool ${first})
    * (day_of_month(${counted}) <= bool ${last}) * (${counted} % 86400 > bool ${from})
    * (${counted} % 86400 <= bool ${to})`;
};

const whenOf = (when: MaintenanceWindow["when"], timing: RuleTiming): Expr =>
  "from" in when ? once(when, timing) : "the" in when ? monthly(when, timing) : weekly(when, timing);

/**
 * Records 1 while what is counted happened in a planned window of the promise, and 0 otherwise. A promise without one
 * has no such series.
 */
export function maintenanceRules(
  slo: string,
  timing: RuleTiming,
  windows: readonly MaintenanceWindow[],
): readonly RecordingRule[] {
  const mine = maintenanceOf(slo, windows);
  if (mine.length === 0) return [];
  const parts = mine.map(({ when }) => whenOf(when, timing));
  const sum = new Expr(parts.map(({ text }) => text).join(" + "));
  return [{ record: sloSeries.maintenance, labels: { slo }, expr: promql`clamp_max(${sum}, 1)` }];
}
