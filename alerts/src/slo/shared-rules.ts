import { nominalDays } from "@watchkeeper/catalogue/calendar";
import { calendarSeries, sloAlerts, sloSeries } from "@watchkeeper/catalogue/names";
import { type Expr, type Matcher, match, promql, Selector } from "@watchkeeper/catalogue/promql";
import { type Preset, type Slo, windowOf } from "@watchkeeper/catalogue/slo";
import type { Duration } from "../alert.ts";
import { annotationsOf, fastText, type Horizon, slowText, whoOf } from "./alert-text.ts";
import type { AlertRule, RecordingRule, Rule } from "./rule.ts";
import { named } from "./shared-series.ts";
import { DEVIATIONS, FLOOR, type PageTier, pageTiers, STILL, type TicketTier, ticketTiers } from "./tiers.ts";
import { secondsOf } from "./timing.ts";
import { allowedIn, errorsIn, eventsIn } from "./windows.ts";

const s = sloSeries;
const budget = named(s.budgetEvents);

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)].sort();

type Watched = Partial<Readonly<Record<"urgency" | "preset" | "window" | "idle", string | Matcher>>>;

/** Promises of some kind, as the series that says whose they are. */
const watched = (kind: Watched): Expr => new Selector(s.budgetRatio, kind);

export const percent = (share: number): string => `${Number((share * 100).toPrecision(3))}%`;

/** An alert's expression for promises of some kind, with the labels that say whose they are. */
export const about = (kind: Watched, expr: Expr): Expr =>
  promql`(${expr}) * on (slo) group_left (service, owner) ${watched(kind)} ^ 0`;

/** What promises of one window have in common: rolling days, or the periods of a calendar. */
interface SharedHorizon extends Horizon {
  /** The label `window`. */
  readonly window: string;
}

/** The labels by which promises tell apart to whom they are made. */
export const groupLabelsOf = (slos: readonly Slo[]): readonly string[] =>
  unique(slos.flatMap(({ per }) => (per ? [per.label] : [])));

/** The windows that promises have, each once. */
function horizonsOf(slos: readonly Slo[]): readonly SharedHorizon[] {
  const groups = groupLabelsOf(slos);
  const horizons = slos.map(
    ({ days, calendar }): SharedHorizon => ({
      window: windowOf({ days, ...(calendar && { calendar }) }),
      seconds: (calendar ? nominalDays[calendar.each] : days) * 86_400,
      days,
      groups,
      ...(calendar && { calendar }),
    }),
  );
  const byWindow = new Map(horizons.map((horizon) => [horizon.window, horizon]));
  return [...byWindow.values()].sort((a, b) => (a.window < b.window ? -1 : 1));
}

/** How old a promise is, from an hour to as many days. */
const age = (days: number): Expr => promql`clamp(time() - ${named(s.born)}, 3600, ${days * 86_400})`;

/** A promise that is younger than its window is judged by the traffic that it would have at its pace so far. */
const rollingEvents = ({ days, seconds }: SharedHorizon, mine: Expr): Expr => promql`
  (${eventsIn(`${days}d`)} * on (slo) group_left () ${mine}) * (${seconds} / ${age(days)})`;

/** What a period has had so far, and what the rest of it will have at the pace of the last weeks. */
const periodEvents = ({ days }: SharedHorizon, mine: Expr): Expr => promql`
  (${named(s.eventsCumulative)} - ${named(s.eventsAtBegin)}
  + (${eventsIn(`${days}d`)} / ${age(days)})
  * on (slo) group_left () (${mine} ^ 0 * on (window) group_left () clamp_min(${named(calendarSeries.end)} - time(), 0)))
  * on (slo) group_left () ${mine}`;

function budgetRules(horizon: SharedHorizon): readonly RecordingRule[] {
  const mine = watched({ window: horizon.window });
  const spent = horizon.calendar
    ? promql`(${named(s.errorsCumulative)} - ${named(s.errorsAtBegin)})`
    : errorsIn(`${horizon.days}d`);
  return [
    {
      record: s.budgetEvents,
      expr: horizon.calendar ? periodEvents(horizon, mine) : rollingEvents(horizon, mine),
    },
    {
      record: s.budgetRemaining,
      expr: promql`
        (1 - ${spent} / (${budget} > 0) or ${named(s.eventsCumulative)} * 0 + 1) and on (slo) ${mine}`,
    },
  ];
}

const burnRate = (record: string, window: Duration): RecordingRule => ({
  record,
  expr: promql`
    ${errorsIn(window)} / (${allowedIn(window)} > 0) or ${named(s.eventsCumulative)} * 0`,
});

/**
 * How many errors chance makes of a service that keeps its promise: with hardly any traffic, one is no sign. It says
 * `1 + a + 10 * sqrt(a)` for the errors `a` that are allowed for, which are looked up once that way.
 */
const byChance = (window: Duration): Expr =>
  promql`(sqrt(${allowedIn(window)}) + ${DEVIATIONS / 2}) ^ 2 - ${DEVIATIONS ** 2 / 4 - 1}`;

/** A tier with the presets that have it. */
interface SharedTier extends PageTier {
  readonly presets: readonly Preset[];
}

/** What the presets have in common is one rule. */
function sharedTiers(presets: readonly Preset[]): readonly SharedTier[] {
  const byShape = new Map<string, SharedTier>();
  for (const preset of presets) {
    for (const tier of pageTiers[preset]) {
      const shape = `${tier.long} ${tier.share}`;
      byShape.set(shape, { ...tier, presets: [...(byShape.get(shape)?.presets ?? []), preset] });
    }
  }
  return [...byShape.values()].sort((a, b) => secondsOf(a.long) - secondsOf(b.long));
}

function pageRule(
  horizon: SharedHorizon,
  { short, long, share, atEvenTraffic, presets }: SharedTier,
): AlertRule {
  const [inLong, inShort] = [errorsIn(long), errorsIn(short)];
  const shareOfShort = (share * secondsOf(short)) / secondsOf(long);
  const rate = (share * horizon.seconds) / secondsOf(long);
  // A comparison hands on what it compares, so that several of them look up once how many errors there were.
  const weighted = promql`${inLong} >= ${share} * ${budget} and ${inShort} >= ${shareOfShort} * ${budget}`;
  const burns =
    atEvenTraffic === undefined
      ? promql`(${inLong} >= ${share} * ${budget} > ${byChance(long)}) / ${budget} and ${inShort} >= ${shareOfShort} * ${budget}`
      : promql`
          ((${weighted}
          or ${inLong} > ${rate} * ${allowedIn(long)} and ${inShort} > ${rate} * ${allowedIn(short)})
          > ${byChance(long)}) / ${budget} >= ${share * atEvenTraffic}`;
  const still =
    secondsOf(short) > secondsOf(STILL) ? promql` and ${errorsIn(STILL)} > ${allowedIn(STILL)}` : promql``;
  return {
    alert: sloAlerts.burnsFast,
    expr: about(
      { urgency: "page", preset: match(presets.join("|")), window: horizon.window },
      promql`${burns} ${still}`,
    ),
    for: "0s",
    labels: { severity: "page", tier: long, share: percent(share), window: horizon.window },
    annotations: annotationsOf(
      sloAlerts.burnsFast,
      "The error budget of a promise is spent fast.",
      fastText(horizon, long),
    ),
  };
}

function ticketRule(horizon: SharedHorizon, { short, long, burnRate: rate }: TicketTier): AlertRule {
  const share = (rate * secondsOf(long)) / horizon.seconds;
  return {
    alert: sloAlerts.burnsSlowly,
    expr: about(
      { window: horizon.window },
      promql`
        (${errorsIn(long)} > 2 >= ${share * FLOOR} * ${budget}) / ${allowedIn(long)} > ${rate}
        and ${errorsIn(short)} > ${rate} * ${allowedIn(short)}`,
    ),
    for: "0s",
    labels: { severity: "ticket", tier: long, share: percent(share), window: horizon.window },
    annotations: annotationsOf(
      sloAlerts.burnsSlowly,
      "The error budget of a promise is spent too fast to last.",
      slowText(horizon, long),
    ),
  };
}

const QUARTER = 15;
/** What a promise has counted up to so many minutes ago, to whomever it is made. */
const countedBefore = (minutes: number): Expr =>
  promql`sum by (slo) (${named(s.eventsCumulative)} offset ${named(`${minutes}m`)})`;
/** Events of the quarter of an hour that ended so many minutes ago. */
const quarterBefore = (minutes: number): Expr =>
  promql`(${countedBefore(minutes)} - ${countedBefore(minutes + QUARTER)})`;
const countedSoFar = promql`sum by (slo) (${named(s.eventsCumulative)})`;

const DAY = 24 * 60;

/** Alerts that are no matter of pace. */
const healthRules = (groups: readonly string[]): readonly AlertRule[] => [
  {
    alert: sloAlerts.trafficLost,
    expr: about(
      { urgency: "page" },
      promql`
        ${quarterBefore(DAY)} > 30 and ${quarterBefore(7 * DAY)} > 30
        and (${countedSoFar} - ${countedBefore(QUARTER)}) == 0
        unless on (slo) max_over_time(${named(s.maintenance)}[${named(`${QUARTER}m`)}]) == 1`,
    ),
    for: "0s",
    labels: { severity: "page" },
    annotations: annotationsOf(
      sloAlerts.trafficLost,
      "Nothing reaches a service that is busy at this hour.",
      "{{ $labels.slo }} has counted nothing for a quarter of an hour; " +
        "at this time yesterday it counted {{ $value | humanize }} events, and last week it was busy too.",
    ),
  },
  {
    alert: sloAlerts.noEventsEver,
    expr: about({ idle: "no" }, promql`${countedSoFar} == 0`),
    // A comparison keeps the 0, and 0 times 1 is still an alert.
    for: "1h",
    labels: { severity: "ticket" },
    annotations: annotationsOf(
      sloAlerts.noEventsEver,
      "A promise has never counted anything.",
      "{{ $labels.slo }} has counted no event since it exists: what it selects may not exist.",
    ),
  },
  {
    alert: sloAlerts.inconsistent,
    expr: about({}, promql`${errorsIn("1h")} > ${eventsIn("1h")}`),
    for: "15m",
    labels: { severity: "ticket" },
    annotations: annotationsOf(
      sloAlerts.inconsistent,
      "A promise counts more errors than events.",
      `${whoOf(groups)} has counted {{ $value | humanize }} errors within 1h and fewer events: ` +
        "what it selects as errors is no part of what it selects as events.",
    ),
  },
];

/** Evaluated after what is counted, once for all promises, however many there are: what may page, and what a page says. */
export function sharedRules(slos: readonly Slo[]): readonly Rule[] {
  const horizons = horizonsOf(slos);
  const presets = unique(slos.filter(({ urgency }) => urgency === "page").map(({ preset }) => preset));
  return [
    ...horizons.flatMap(budgetRules),
    ...horizons.flatMap((horizon) => sharedTiers(presets).map((tier) => pageRule(horizon, tier))),
  ];
}

/** The same for what nobody gets up for within a minute: paces for boards, tickets, and traffic that stays away. */
export function minuteRules(slos: readonly Slo[]): readonly Rule[] {
  const horizons = horizonsOf(slos);
  return [
    burnRate(s.burnRate1h, "1h"),
    burnRate(s.burnRate6h, "6h"),
    ...horizons.flatMap((horizon) => ticketTiers.map((tier) => ticketRule(horizon, tier))),
    ...healthRules(groupLabelsOf(slos)),
  ];
}
