import { type CalendarUnit, periodAt } from "@watchkeeper/catalogue/calendar";
import { calendarSeries, sloSeries } from "@watchkeeper/catalogue/names";
import { defineSlo, type Slo } from "@watchkeeper/catalogue/slo";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { expect, test } from "vitest";
import { CALENDAR, calendarRules, hourlyCalendarRules } from "./calendar-rules.ts";
import { cumulativeRules, hourlyRules, resumeRules } from "./carried-on.ts";
import { promiseRules } from "./promise-rules.ts";
import { sharedRules } from "./shared-rules.ts";
import { expected, promtoolTest } from "./test-promtool.ts";
import { defineTiming, ruleTiming } from "./timing.ts";

const login = slos.find(({ name }) => name === "DirectoryLogin") as Slo;
const over = (each: CalendarUnit, zone: string): Slo => defineSlo({ ...login, calendar: { each, zone } });

/** promtool's time begins in 1970, when New York had its summer time from 26 April to 25 October. */
const years = { from: 0, to: Date.UTC(1974, 0) / 1_000 } as const;
const DAY = 86_400;

test.each<[CalendarUnit, string, number]>([
  ["week", "America/New_York", 115 * DAY],
  ["week", "America/New_York", 297 * DAY],
  ["month", "America/New_York", 120 * DAY],
  ["month", "Asia/Kathmandu", 59 * DAY],
  ["quarter", "Etc/UTC", 200 * DAY],
  ["year", "Pacific/Auckland", 300 * DAY],
])("a %s in %s around second %d begins and ends for Prometheus when it does for people", (each, zone, at) => {
  const slo = over(each, zone);
  const [begin, end] = calendarRules([slo], ruleTiming, years);
  const period = periodAt({ each, zone }, at);
  const next = periodAt({ each, zone }, period.to);
  // What is counted at an evaluation is as old as the lag.
  const lag = ruleTiming.lag;
  const look = (second: number, { from, to }: typeof period) => [
    expected(begin?.expr.text ?? "", `${second}s`, [{ labels: "{}", value: from }]),
    expected(end?.expr.text ?? "", `${second}s`, [{ labels: "{}", value: to }]),
  ];
  const output = promtoolTest([], DAY, {
    input_series: [{ series: "any", values: "0x400" }],
    promql_expr_test: [
      ...look(Math.max(period.from, 0) + lag, period),
      ...look(period.to + lag - 1, period),
      ...look(period.to + lag, next),
    ],
  });
  expect(output).toContain("SUCCESS");
});

/** A promise over weeks that begin on Monday, 5 January 1970, and the rules that it needs to count. */
const weekly = over("week", "Etc/UTC");
const MONDAY = 4 * DAY;
/** Scraped every four minutes: a hundred events each time. */
const SCRAPE = 240;

/** Evaluated so seldom, each evaluation comes after a pause: of two hours, when only hourly copies reach back. */
test.each([
  ["evaluated without a pause", SCRAPE],
  ["with a pause of twenty minutes before each evaluation", 1_200],
  ["with a pause of two hours before each evaluation", 7_200],
])(
  "a period begins with a whole budget, %s",
  (_, interval) => {
    const timing = defineTiming({ interval, lag: 6, reach: 4 * interval }, 5);
    const rules = [
      ...promiseRules(weekly, timing),
      ...resumeRules,
      ...calendarRules([weekly], timing, years),
      ...cumulativeRules(false),
      ...sharedRules([weekly]).filter((rule) => "record" in rule && !rule.record.includes("burn_rate")),
      ...hourlyRules,
      ...hourlyCalendarRules([weekly]),
    ];
    const until = MONDAY / SCRAPE;
    const steps = until + (13 * interval) / SCRAPE;
    // Ten of a hundred fail, and from Monday on none.
    const bad = Array.from({ length: steps }, (_, i) => Math.min(i, until) * 10);
    const good = bad.map((errors, i) => i * 100 - errors);
    const of = 'job="app",instance="a"';
    const mine = (name: string) => `${name}{slo="${weekly.name}"}`;
    const at = (evaluations: number) => `${MONDAY + evaluations * interval}s`;
    // What was there at the first evaluation is nobody's, and the newest sample that is read is one scrape old.
    const counted = (evaluations: number) => until + (evaluations * interval) / SCRAPE - interval / SCRAPE;
    const output = promtoolTest(rules, interval, {
      interval: `${SCRAPE}s`,
      input_series: [
        { series: `up{${of}}`, values: `1x${steps}` },
        { series: `auth_login_attempts_total{${of},login_result="success"}`, values: good.join(" ") },
        { series: `auth_login_attempts_total{${of},login_result="error"}`, values: bad.join(" ") },
      ],
      promql_expr_test: [
        expected(mine(sloSeries.errorsAtBegin), at(-1), [
          { labels: mine(sloSeries.errorsAtBegin), value: 0 },
        ]),
        expected(`${mine(sloSeries.budgetRemaining)} < bool 0`, at(-1), [
          { labels: `{slo="${weekly.name}"}`, value: 1 },
        ]),
        // One evaluation after midnight all that was counted before it is behind.
        expected(mine(sloSeries.eventsAtBegin), at(12), [
          { labels: mine(sloSeries.eventsAtBegin), value: counted(0) * 100 },
        ]),
        expected(mine(sloSeries.eventsCumulative), at(12), [
          { labels: mine(sloSeries.eventsCumulative), value: counted(12) * 100 },
        ]),
        expected(`${sloSeries.errorsCumulative} - ${sloSeries.errorsAtBegin}`, at(12), [
          { labels: `{slo="${weekly.name}"}`, value: 10 },
        ]),
        expected(calendarSeries.begin, at(12), [
          { labels: `${calendarSeries.begin}{window="week Etc/UTC"}`, value: MONDAY },
        ]),
        // What the rest of the week will bring is foreseen from the days that there were.
        expected(
          `abs(${mine(sloSeries.budgetEvents)} / (0.001 * 100 * 7 * 86400 / ${SCRAPE}) - 1) < bool 0.05`,
          at(12),
          [{ labels: `{slo="${weekly.name}"}`, value: 1 }],
        ),
      ],
    });
    expect(output).toContain("SUCCESS");
  },
  180_000,
);

test("the years that the rules know last for another year", () => {
  expect(CALENDAR.to * 1_000 - Date.now()).toBeGreaterThan(365 * DAY * 1_000);
});

test("promises over one calendar share its rules", () => {
  const rulesOf = (...some: Slo[]) => calendarRules(some, ruleTiming).length;
  const other = defineSlo({ ...weekly, name: "Other" });
  expect(rulesOf(weekly, other)).toBe(rulesOf(weekly));
  expect(rulesOf(login)).toBe(0);
});
