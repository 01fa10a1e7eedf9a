import { type CalendarWindow, calendarUnits, isZone } from "./calendar.ts";
import { definedIn } from "./defined-in.ts";
import type { LabelName } from "./labels.ts";
import type { Histogram, Metric } from "./metric.ts";
import { bucket, count, type Selector } from "./promql.ts";
import type { Runbook } from "./runbook.ts";
import { whyNothing } from "./selects.ts";
import type { ServiceName } from "./services.ts";
import type { TeamName } from "./teams.ts";

type AtLeastOne<T> = readonly [T, ...T[]];

/**
 * What is counted. Each selection names its `job`, so that the first sample of a series can be told from the first
 * sample of a target.
 *
 * - `bad`: events, and those among them that broke the promise
 * - `good`: events, and those among them that kept it; all others broke it
 * - `samples`: a gauge that is 1 or 0; each look at it is an event, and a 0 breaks the promise
 */
export type Indicator =
  | { readonly kind: "bad"; readonly total: AtLeastOne<Selector>; readonly bad: AtLeastOne<Selector> }
  | { readonly kind: "good"; readonly total: AtLeastOne<Selector>; readonly good: AtLeastOne<Selector> }
  | { readonly kind: "samples"; readonly gauge: Selector };

/** A share of events that may break the promise, all of them counters. */
export const badOf = (bad: AtLeastOne<Selector>, total: AtLeastOne<Selector>): Indicator => ({
  kind: "bad",
  total,
  bad,
});

/** A share of events that must keep the promise, all of them counters. */
export const goodOf = (good: AtLeastOne<Selector>, total: AtLeastOne<Selector>): Indicator => ({
  kind: "good",
  total,
  good,
});

/** Events that take at most `edge`, which must be an edge of the histogram's buckets. */
export function within<Label extends LabelName, Edge extends number>(
  histogram: Histogram<string, Label, Edge>,
  edge: NoInfer<Edge>,
  matchers: Parameters<typeof count<Label>>[1],
): Indicator {
  return goodOf([bucket(histogram, edge, matchers)], [count(histogram, matchers)]);
}

/** Time during which a gauge is 1. */
export const uptime = (gauge: Selector): Indicator => ({ kind: "samples", gauge });

/** How soon a page comes: `balanced` also pages for 1 % of the budget in ten minutes, `strict` for 2 % and more. */
export const presets = ["strict", "balanced"] as const;
export type Preset = (typeof presets)[number];

/** The lengths of rolling windows, in days. */
export const windowDays = [28, 30] as const;
export type WindowDays = (typeof windowDays)[number];

/** A promise that is kept to each of several, such as tenants: each has a budget of its own. */
export interface Grouping {
  readonly label: LabelName;
  /** How many are told apart; the rest share one budget, that of `other`. So no promise records series without end. */
  readonly atMost: number;
}

/** Beyond this many, a promise records more than a Prometheus should hold for one. */
export const MOST_GROUPS = 100;

/** Tells values of a label apart that the metric has. */
export const groupedBy = <Label extends LabelName>(
  _metric: Metric<string, Label>,
  label: NoInfer<Label>,
  atMost: number,
): Grouping => ({ label, atMost });

/** A promise about a service. */
export interface Slo {
  /** PascalCase, also the value of the label `slo`, the name of its tests and of its runbook page. */
  readonly name: string;
  /** One constant sentence with its full stop: the promise as a person would say it. */
  readonly promise: string;
  readonly service: ServiceName;
  readonly owner: TeamName;
  readonly indicator: Indicator;
  /** The share of events that keeps the promise, such as 0.999. */
  readonly objective: number;
  /** The rolling window over which the objective holds. */
  readonly days: WindowDays;
  /**
   * Set where the objective holds over each period of a calendar instead. Of the last `days` comes how much traffic the
   * rest of a period will have.
   */
  readonly calendar?: CalendarWindow;
  /** Set where the promise is made to each of several; see `groupedBy`. */
  readonly per?: Grouping;
  /** What a fast burn does. A slow burn is a ticket in any case. */
  readonly urgency: "page" | "ticket";
  readonly preset: Preset;
  /** Set with its reason where a service may go for long without one event; otherwise that is a ticket. */
  readonly mayBeIdle?: string;
  /** The uid of the board on which the cause is looked for; the promise itself is on the board of all promises. */
  readonly board: string;
  readonly runbook: Runbook;
}

/** Over what a promise holds, as the label `window` of its recorded series says it: `30d` or `month Europe/Berlin`. */
export const windowOf = ({ days, calendar }: Pick<Slo, "days" | "calendar">): string =>
  calendar ? `${calendar.each} ${calendar.zone}` : `${days}d`;

const selectionsOf = (indicator: Indicator): readonly Selector[] => {
  if (indicator.kind === "samples") return [indicator.gauge];
  return [...indicator.total, ...(indicator.kind === "bad" ? indicator.bad : indicator.good)];
};

/** Defines a promise. @throws Error that names the SLO, its file, the field, what is allowed and what was found */
export function defineSlo(slo: Slo): Slo {
  const refuse = (reason: string): never => {
    throw new Error(`Cannot define SLO "${slo.name}"${definedIn()} as ${reason}`);
  };
  if (!/^[A-Z][A-Za-z]+$/.test(slo.name)) refuse("its name must be PascalCase letters");
  if (!(slo.objective > 0 && slo.objective < 1)) {
    refuse(`objective must be between 0 and 1: current value is ${slo.objective}`);
  }
  if (!windowDays.includes(slo.days)) {
    refuse(`days must be one of ${windowDays.join(", ")}: current value is ${slo.days}`);
  }
  if (slo.calendar && !calendarUnits.includes(slo.calendar.each)) {
    refuse(`calendar.each must be one of ${calendarUnits.join(", ")}: current value is ${slo.calendar.each}`);
  }
  if (slo.calendar && !isZone(slo.calendar.zone)) {
    refuse(`calendar.zone must be a time zone such as Europe/Berlin: current value is ${slo.calendar.zone}`);
  }
  if (slo.per && !(Number.isInteger(slo.per.atMost) && slo.per.atMost > 0 && slo.per.atMost <= MOST_GROUPS)) {
    refuse(`per.atMost must be whole and from 1 to ${MOST_GROUPS}: current value is ${slo.per.atMost}`);
  }
  if (!presets.includes(slo.preset)) {
    refuse(`preset must be one of ${presets.join(", ")}: current value is ${slo.preset}`);
  }
  if (!/^[^{}\n]+\.$/.test(slo.promise)) {
    refuse("its promise must be one constant sentence with a full stop");
  }
  for (const selection of selectionsOf(slo.indicator)) {
    if (typeof selection.matchers.job !== "string") refuse(`${selection.text} must name its job`);
    const why = whyNothing(selection);
    if (why !== undefined) refuse(`${selection.text} selects nothing: ${why}`);
  }
  return Object.freeze(slo);
}

/** Keeps promises that are named apart. @throws Error that names the first name that two of them bear */
export function defineSlos(slos: readonly Slo[]): readonly Slo[] {
  const seen = new Set<string>();
  for (const { name } of slos) {
    if (seen.has(name))
      throw new Error(`Cannot define SLO "${name}"${definedIn()} as another one bears its name`);
    seen.add(name);
  }
  return slos;
}
