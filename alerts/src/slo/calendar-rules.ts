import { beginsBetween, type CalendarWindow } from "@watchkeeper/catalogue/calendar";
import { calendarSeries, sloSeries } from "@watchkeeper/catalogue/names";
import { Expr, promql, Selector } from "@watchkeeper/catalogue/promql";
import { type Slo, windowOf } from "@watchkeeper/catalogue/slo";
import type { RecordingRule } from "./rule.ts";
import { before, beforePause, named } from "./shared-series.ts";
import type { RuleTiming } from "./timing.ts";

const s = sloSeries;
const c = calendarSeries;

/** The years whose periods the rules know. A test fails when less than a year of them is left. */
export const CALENDAR = { from: Date.UTC(2026, 0) / 1_000, to: Date.UTC(2032, 0) / 1_000 } as const;

/** Each calendar that some promise holds over, once, by the label `window`. */
export const calendarsOf = (slos: readonly Slo[]): ReadonlyMap<string, CalendarWindow> =>
  new Map(slos.flatMap((slo) => (slo.calendar ? [[windowOf(slo), slo.calendar] as const] : [])));

/** Prometheus knows no time zones, so that when periods begin is written out. */
function whenRules(
  window: string,
  calendar: CalendarWindow,
  { lag }: RuleTiming,
  years: { readonly from: number; readonly to: number },
): readonly RecordingRule[] {
  const begins = beginsBetween(calendar, years.from, years.to);
  const counted = promql`time() - ${lag}`;
  const anyOf = (parts: readonly string[]): Expr => new Expr(parts.join(" or "));
  const last = begins.at(-1) ?? years.to;
  return [
    {
      record: c.begin,
      labels: { window },
      expr: anyOf([...begins].reverse().map((begin) => `vector(${begin}) <= ${counted}`)),
    },
    {
      record: c.end,
      labels: { window },
      // What was not foreseen never ends, which is better than a promise that nobody guards.
      expr: anyOf([...begins.map((begin) => `vector(${begin}) > ${counted}`), `vector(${last})`]),
    },
  ];
}

/** Promises over a period that is still the one of the last evaluation. */
const goesOn = (window: string): Expr => {
  const begin = new Selector(c.begin, { window });
  // This evaluation has recorded it already: what is looked for is what the last one recorded, however long ago.
  const last = promql`
    (${before(begin)} or last_over_time(${begin}[1h] offset 1s)
    or last_over_time(${new Selector(c.beginHourly, { window })}[8d]))`;
  return promql`(${new Selector(s.budgetRatio, { window })} and on (window) (${begin} == ${last}))`;
};

const beginRule = (
  window: string,
  record: string,
  hourly: string,
  cumulative: string,
  resume: string,
): RecordingRule => {
  const last = promql`(${before(named(record))} or ${beforePause(named(record), named(hourly))})`;
  return {
    record,
    expr: promql`
      ${last} and on (slo) ${goesOn(window)}
      or (${before(named(cumulative))} or ${named(resume)}) and on (slo) ${new Selector(s.budgetRatio, { window })}`,
  };
};

/**
 * When each calendar's period began and ends, and what promises over it had counted by then. Evaluated after what
 * counting goes on from, and before anything is added to it.
 */
export const calendarRules = (
  slos: readonly Slo[],
  timing: RuleTiming,
  years: { readonly from: number; readonly to: number } = CALENDAR,
): readonly RecordingRule[] =>
  [...calendarsOf(slos)].flatMap(([window, calendar]) => [
    ...whenRules(window, calendar, timing, years),
    beginRule(window, s.eventsAtBegin, s.eventsAtBeginHourly, s.eventsCumulative, s.eventsResume),
    beginRule(window, s.errorsAtBegin, s.errorsAtBeginHourly, s.errorsCumulative, s.errorsResume),
  ]);

/** Their hourly copies. */
export const hourlyCalendarRules = (slos: readonly Slo[]): readonly RecordingRule[] =>
  calendarsOf(slos).size === 0
    ? []
    : [
        { record: c.beginHourly, expr: named(c.begin) },
        { record: s.eventsAtBeginHourly, expr: named(s.eventsAtBegin) },
        { record: s.errorsAtBeginHourly, expr: named(s.errorsAtBegin) },
      ];
