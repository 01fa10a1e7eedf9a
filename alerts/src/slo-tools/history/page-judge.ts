import type { Preset, WindowDays } from "@watchkeeper/catalogue/slo";
import { pageDecision, written } from "../../slo/page-decision.ts";
import { pageTiers } from "../../slo/tiers.ts";
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

/** Judges every step of a past as the rules of pages would. @returns the tiers that fire, by step */
export function judgePages(past: RecordedPast, { objective, days, preset }: Judged) {
  const allowedShare = written(1 - objective);
  const errorsIn = within(past.errors, past);
  const eventsIn = within(past.events, past);
  const allowedIn = (i: number, seconds: number): number => eventsIn(i, seconds) * allowedShare;
  const window = days * 86_400;
  const budgetAt = (i: number): number => {
    const age = Math.max(past.from + i * past.step - past.born, 3_600);
    return allowedIn(i, window) * Math.min(Math.max(window / age, 1), days * 24);
  };
  const decisions = pageTiers[preset].map((tier) => ({
    tier,
    fires: pageDecision(tier, window, { errorsIn, allowedIn, budgetAt }),
  }));
  return (i: number): { readonly tiers: readonly string[]; readonly spent: number } => {
    if (Number.isNaN(past.events[i] ?? Number.NaN)) return { tiers: [], spent: 0 };
    const firing = decisions.filter(({ fires }) => fires(i)).map(({ tier }) => tier);
    const [first] = firing;
    const spent = first ? errorsIn(i, secondsOf(first.long)) / budgetAt(i) : 0;
    return { tiers: firing.map(({ long }) => long), spent };
  };
}

/** All pages of a stretch of a past, from its step at `from` to its end. */
export function pagesIn(past: RecordedPast, judged: Judged, from: number): readonly Page[] {
  const judge = judgePages(past, judged);
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
