import { sloAlerts, sloSeries } from "@watchkeeper/catalogue/names";
import { Expr, type Matcher, match, promql, Selector } from "@watchkeeper/catalogue/promql";
import type { Preset, Slo, WindowDays } from "@watchkeeper/catalogue/slo";
import type { Duration } from "../alert.ts";
import { annotationsOf, fastText, slowText } from "./alert-text.ts";
import type { AlertRule, RecordingRule, Rule } from "./rule.ts";
import { DEVIATIONS, FLOOR, type PageTier, pageTiers, STILL, type TicketTier, ticketTiers } from "./tiers.ts";
import { secondsOf } from "./timing.ts";
import { allowedIn, errorsIn, eventsIn } from "./windows.ts";

const named = (name: string): Expr => new Expr(name);
const s = sloSeries;
const budget = named(s.budgetEvents);

type Watched = Partial<Readonly<Record<"urgency" | "preset" | "window" | "idle", string | Matcher>>>;

/** Promises of some kind, as the series that says whose they are. */
const watched = (kind: Watched): Expr => new Selector(s.budgetRatio, kind);

export const percent = (share: number): string => `${Number((share * 100).toPrecision(3))}%`;

/** An alert's expression for promises of some kind, with the labels that say whose they are. */
export const about = (kind: Watched, expr: Expr): Expr =>
  promql`(${expr}) * on (slo) group_left (service, owner) ${watched(kind)} ^ 0`;

const resume = (record: string, hourly: string, current: string): RecordingRule => ({
  record,
  expr: promql`last_over_time(${named(hourly)}[8d]) unless last_over_time(${named(current)}[1h])`,
});

/** Evaluated before the rules of each promise: what they go on from after a pause of more than an hour. */
export const resumeRules: readonly RecordingRule[] = [
  resume(s.eventsResume, s.eventsHourly, s.eventsCumulative),
  resume(s.errorsResume, s.errorsHourly, s.errorsCumulative),
  resume(s.bornResume, s.bornHourly, s.eventsCumulative),
];

/** The group that is evaluated once an hour. */
export const hourlyRules: readonly RecordingRule[] = [
  { record: s.eventsHourly, expr: named(s.eventsCumulative) },
  { record: s.errorsHourly, expr: named(s.errorsCumulative) },
  { record: s.bornHourly, expr: named(s.born) },
];

const bornRule: RecordingRule = {
  record: s.born,
  expr: promql`
    last_over_time(${named(s.born)}[1h]) or ${named(s.bornResume)}
    or ${named(s.eventsCumulative)} * 0 + time()`,
};

/** A promise that is younger than its window is judged by the traffic that it would have at its pace so far. */
function budgetRules(days: WindowDays): readonly RecordingRule[] {
  const window: Duration = `${days}d`;
  const seconds = days * 86_400;
  const mine = watched({ window });
  return [
    {
      record: s.budgetEvents,
      expr: promql`
        (${eventsIn(window)} * on (slo) group_left () ${mine})
        * clamp(${seconds} / clamp_min(time() - ${named(s.born)}, 3600), 1, ${days * 24})`,
    },
    {
      record: s.budgetRemaining,
      expr: promql`
        (1 - ${errorsIn(window)} / (${budget} > 0) or ${named(s.eventsCumulative)} * 0 + 1) and on (slo) ${mine}`,
    },
  ];
}

const burnRate = (record: string, window: Duration): RecordingRule => ({
  record,
  expr: promql`
    ${errorsIn(window)} / (${allowedIn(window)} > 0) or ${named(s.eventsCumulative)} * 0`,
});

/** Errors beyond what chance makes of a service that keeps its promise: with hardly any traffic, one is no sign. */
const beyondChance = (window: Duration): Expr =>
  promql`${errorsIn(window)} > 1 + ${allowedIn(window)} + ${DEVIATIONS} * sqrt(${allowedIn(window)})`;

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

function pageRule(days: WindowDays, { short, long, share, atEvenTraffic, presets }: SharedTier): AlertRule {
  const [inLong, inShort] = [errorsIn(long), errorsIn(short)];
  const shareOfShort = (share * secondsOf(short)) / secondsOf(long);
  const rate = (share * days * 86_400) / secondsOf(long);
  const weighted = promql`${inLong} >= ${share} * ${budget} and ${inShort} >= ${shareOfShort} * ${budget}`;
  const burns =
    atEvenTraffic === undefined
      ? promql`(${weighted})`
      : promql`
          (${weighted} or ${inLong} > ${rate} * ${allowedIn(long)} and ${inShort} > ${rate} * ${allowedIn(short)}
          and ${inLong} >= ${share * atEvenTraffic} * ${budget})`;
  const still =
    secondsOf(short) > secondsOf(STILL) ? promql` and ${errorsIn(STILL)} > ${allowedIn(STILL)}` : promql``;
  return {
    alert: sloAlerts.burnsFast,
    expr: about(
      { urgency: "page", preset: match(presets.join("|")), window: `${days}d` },
      promql`${inLong} / ${budget} and ${burns} and ${beyondChance(long)} ${still}`,
    ),
    for: "0s",
    labels: { severity: "page", tier: long, share: percent(share), window: `${days}d` },
    annotations: annotationsOf("The error budget of a promise is spent fast.", fastText(days, long)),
  };
}

function ticketRule(days: WindowDays, { short, long, burnRate: rate }: TicketTier): AlertRule {
  const share = (rate * secondsOf(long)) / (days * 86_400);
  return {
    alert: sloAlerts.burnsSlowly,
    expr: about(
      { window: `${days}d` },
      promql`
        ${errorsIn(long)} / ${allowedIn(long)} > ${rate}
        and ${errorsIn(short)} > ${rate} * ${allowedIn(short)}
        and ${errorsIn(long)} > 2 and ${errorsIn(long)} >= ${share * FLOOR} * ${budget}`,
    ),
    for: "0s",
    labels: { severity: "ticket", tier: long, share: percent(share), window: `${days}d` },
    annotations: annotationsOf(
      "The error budget of a promise is spent too fast to last.",
      slowText(days, long),
    ),
  };
}

const QUARTER = 15;
/** Events of the quarter of an hour that ended so many minutes ago. */
const quarterBefore = (minutes: number): Expr =>
  promql`(${named(s.eventsCumulative)} offset ${named(`${minutes}m`)} - ${named(s.eventsCumulative)} offset ${named(`${minutes + QUARTER}m`)})`;

const DAY = 24 * 60;

/** Alerts that are no matter of pace. */
const healthRules: readonly AlertRule[] = [
  {
    alert: sloAlerts.trafficLost,
    expr: about(
      { urgency: "page" },
      promql`
        ${quarterBefore(DAY)} > 30 and ${quarterBefore(7 * DAY)} > 30
        and (${named(s.eventsCumulative)} - ${named(s.eventsCumulative)} offset ${named(`${QUARTER}m`)}) == 0
        unless on (slo) max_over_time(${named(s.maintenance)}[${named(`${QUARTER}m`)}]) == 1`,
    ),
    for: "0s",
    labels: { severity: "page" },
    annotations: annotationsOf(
      "Nothing reaches a service that is busy at this hour.",
      "{{ $labels.slo }} has counted nothing for a quarter of an hour; " +
        "at this time yesterday it counted {{ $value | humanize }} events, and last week it was busy too.",
    ),
  },
  {
    alert: sloAlerts.noEventsEver,
    expr: about({ idle: "no" }, promql`${named(s.eventsCumulative)} == 0`),
    // A comparison keeps the 0, and 0 times 1 is still an alert.
    for: "1h",
    labels: { severity: "ticket" },
    annotations: annotationsOf(
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
      "A promise counts more errors than events.",
      "{{ $labels.slo }} has counted {{ $value | humanize }} errors within 1h and fewer events: " +
        "what it selects as errors is no part of what it selects as events.",
    ),
  },
];

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)].sort();

/** Evaluated after the rules of each promise, once for all of them, however many there are. */
export function sharedRules(slos: readonly Slo[]): readonly Rule[] {
  const windows = unique(slos.map(({ days }) => days));
  const presets = unique(slos.filter(({ urgency }) => urgency === "page").map(({ preset }) => preset));
  return [
    bornRule,
    ...windows.flatMap(budgetRules),
    burnRate(s.burnRate1h, "1h"),
    burnRate(s.burnRate6h, "6h"),
    ...windows.flatMap((days) => sharedTiers(presets).map((tier) => pageRule(days, tier))),
    ...windows.flatMap((days) => ticketTiers.map((tier) => ticketRule(days, tier))),
    ...healthRules,
  ];
}
