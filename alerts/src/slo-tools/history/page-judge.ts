import type { Preset, WindowDays } from "@watchkeeper/catalogue/slo";
import type { Duration } from "../../alert.ts";
import { pageDecision, written } from "../../slo/page-decision.ts";
import { FLOOR, pageTiers, ticketTiers } from "../../slo/tiers.ts";
import { secondsOf } from "../../slo/timing.ts";
import type { RecordedPast } from "./recorded-past.ts";

/** What decides about pages. */
export interface Judged {
  readonly objective: number;
  readonly days: WindowDays;
  readonly preset: Preset;
}

/** A stretch of time in which somebody would have been paged. In Unix seconds. */
export interface Page {
  readonly from: number;
  /** The first step at which nothing fired any more. */
  readonly to: number;
  /** The tier that fired first: its long window. */
  readonly tier: string;
  /** Share of the whole budget spent within that window when it fired. */
  readonly spent: number;
}

/** How many there were in windows that end at a step; undefined where nothing was recorded. */
function within(values: readonly number[], { from, step, born }: RecordedPast) {
  const last = [...values];
  const first = values.find((value) => !Number.isNaN(value)) ?? Number.NaN;
  last.forEach((value, i) => {
    if (!Number.isNaN(value)) return;
    // The rules say the same: in a pause it is as it was before, and who is younger than the window began at 0.
    last[i] = last[i - 1] ?? (born > from + i * step ? 0 : first);
  });
  return (i: number, seconds: number): number =>
    (values[i] ?? 0) - (last[Math.max(0, i - Math.round(seconds / step))] ?? 0);
}

interface JudgedStep {
  /** The tiers that fire, by their long windows. */
  readonly tiers: readonly string[];
  /** Share of the budget spent within the window of the first of them. */
  readonly spent: number;
}
type Judge = (step: number) => JudgedStep;

const SILENT: JudgedStep = { tiers: [], spent: 0 };

/** How a past is counted over windows that end at its steps. */
function countsOf(past: RecordedPast, { objective, days }: Judged) {
  const allowedShare = written(1 - objective);
  const errorsIn = within(past.errors, past);
  const eventsIn = within(past.events, past);
  const allowedIn = (i: number, seconds: number): number => eventsIn(i, seconds) * allowedShare;
  const window = days * 86_400;
  const budgetAt = (i: number): number => {
    const age = Math.max(past.from + i * past.step - past.born, 3_600);
    return allowedIn(i, window) * Math.min(Math.max(window / age, 1), days * 24);
  };
  return { window, errorsIn, allowedIn, budgetAt };
}

interface Decision {
  readonly long: Duration;
  fires(step: number): boolean;
}

const judgeWith =
  (past: RecordedPast, counts: ReturnType<typeof countsOf>, decisions: readonly Decision[]): Judge =>
  (i) => {
    if (Number.isNaN(past.events[i] ?? Number.NaN)) return SILENT;
    const firing = decisions.filter((each) => each.fires(i)).map(({ long }) => long);
    const [first] = firing;
    if (first === undefined) return SILENT;
    return { tiers: firing, spent: counts.errorsIn(i, secondsOf(first)) / counts.budgetAt(i) };
  };

/** Judges every step of a past as the rules of pages would. */
export function judgePages(past: RecordedPast, judged: Judged): Judge {
  const counts = countsOf(past, judged);
  const decisions = pageTiers[judged.preset].map((tier) => ({
    long: tier.long,
    fires: pageDecision(tier, counts.window, counts),
  }));
  return judgeWith(past, counts, decisions);
}

/** Judges every step of a past as the rules of tickets would. */
export function judgeTickets(past: RecordedPast, judged: Judged): Judge {
  const counts = countsOf(past, judged);
  const { errorsIn, allowedIn, budgetAt, window } = counts;
  const decisions = ticketTiers.map(({ long, short, burnRate }): Decision => {
    const [inLong, inShort] = [secondsOf(long), secondsOf(short)];
    const floor = written(((burnRate * inLong) / window) * FLOOR);
    return {
      long,
      fires: (i) => {
        const errors = errorsIn(i, inLong);
        return (
          errors > 2 &&
          errors / allowedIn(i, inLong) > burnRate &&
          errorsIn(i, inShort) > burnRate * allowedIn(i, inShort) &&
          errors >= floor * budgetAt(i)
        );
      },
    };
  });
  return judgeWith(past, counts, decisions);
}

/** The stretches of a past in which something fires, from its step at `from` to its end. */
function stretches(past: RecordedPast, judge: Judge, from: number): readonly Page[] {
  const pages: Page[] = [];
  let open: Omit<Page, "to"> | undefined;
  for (let i = Math.ceil((from - past.from) / past.step); i < past.events.length; i += 1) {
    const at = past.from + i * past.step;
    const { tiers, spent } = judge(i);
    const [tier] = tiers;
    if (tier !== undefined) open ??= { from: at, tier, spent };
    else if (open) {
      pages.push({ ...open, to: at });
      open = undefined;
    }
  }
  return open ? [...pages, { ...open, to: past.to }] : pages;
}

/** All pages of a stretch of a past, from its step at `from` to its end. */
export const pagesIn = (past: RecordedPast, judged: Judged, from: number): readonly Page[] =>
  stretches(past, judgePages(past, judged), from);

/** All tickets of a stretch of a past, from its step at `from` to its end. */
export const ticketsIn = (past: RecordedPast, judged: Judged, from: number): readonly Page[] =>
  stretches(past, judgeTickets(past, judged), from);
