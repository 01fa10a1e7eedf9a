import { sloSeries } from "@watchkeeper/catalogue/names";
import { type Expr, promql } from "@watchkeeper/catalogue/promql";
import type { RecordingRule } from "./rule.ts";
import { before, beforePause, named } from "./shared-series.ts";

const s = sloSeries;

/** What is counted from one evaluation to the next, with what it goes on from after a pause. */
interface Carried {
  readonly delta: string;
  readonly cumulative: string;
  readonly hourly: string;
  readonly resume: string;
}

const events: Carried = {
  delta: s.eventsDelta,
  cumulative: s.eventsCumulative,
  hourly: s.eventsHourly,
  resume: s.eventsResume,
};

const errors: Carried = {
  delta: s.errorsDelta,
  cumulative: s.errorsCumulative,
  hourly: s.errorsHourly,
  resume: s.errorsResume,
};

/** A promise that never counted goes on from 0. */
const resumeRule = ({ delta, cumulative, hourly, resume }: Carried): RecordingRule => ({
  record: resume,
  expr: promql`
    (${beforePause(named(cumulative), named(hourly))} or ${named(delta)} * 0)
    unless ${before(named(cumulative))}`,
});

/** What happens in a planned window is in the growth, and not in what the budget is judged by. */
const unlessPlanned = (delta: Expr): Expr =>
  promql`(${delta} unless on (slo) (${named(s.maintenance)} == 1) or ${delta} * 0)`;

const cumulativeRule = ({ delta, cumulative, resume }: Carried, planned: boolean): RecordingRule => ({
  record: cumulative,
  expr: promql`
    (${before(named(cumulative))} or ${named(resume)})
    + ${planned ? unlessPlanned(named(delta)) : named(delta)}`,
});

/** What counting goes on from, for all promises. */
export const resumeRules: readonly RecordingRule[] = [
  resumeRule(events),
  resumeRule(errors),
  {
    record: s.bornResume,
    expr: promql`(${beforePause(named(s.born), named(s.bornHourly))}) unless ${before(named(s.born))}`,
  },
];

/** What all promises have counted. @param planned whether some have planned maintenance */
export const cumulativeRules = (planned: boolean): readonly RecordingRule[] => [
  cumulativeRule(events, planned),
  cumulativeRule(errors, planned),
  {
    record: s.born,
    expr: promql`${before(named(s.born))} or ${named(s.bornResume)} or ${named(s.eventsCumulative)} * 0 + time()`,
  },
];

/** The group that is evaluated once an hour. */
export const hourlyRules: readonly RecordingRule[] = [
  { record: s.eventsHourly, expr: named(s.eventsCumulative) },
  { record: s.errorsHourly, expr: named(s.errorsCumulative) },
  { record: s.bornHourly, expr: named(s.born) },
];
