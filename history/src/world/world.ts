import { busyness } from "./busyness.ts";
import { type Density, gridOf, type Stretch } from "./grid.ts";
import { deploys, type Happening, happenings, type PastAlert } from "./happenings.ts";
import { wobble } from "./noise.ts";

/** How everything is at one time. */
export interface Moment {
  /** Unix seconds. */
  readonly at: number;
  /** Since the moment before; 0 at the first. */
  readonly seconds: number;
  /** Whether the directory runs. */
  readonly isUp: boolean;
  /** When the directory was last started, Unix seconds. */
  readonly startedAt: number;
  /** Requests of visitors a second; 0 while the directory is away. */
  readonly requests: number;
  /** The share of requests, and of sign-ins, that fail by our fault. */
  readonly failing: number;
  readonly failingLogins: number;
  /** How many times as long as usual everything takes. */
  readonly slowness: number;
  /** Alerts that fire, and how many began since the moment before. */
  readonly firing: readonly PastAlert[];
  readonly opened: number;
  /** Pages of the last twelve hours. */
  readonly shiftPages: number;
  /** A wobble of its own for whatever asks: from -1 to 1, changing within `period` seconds. */
  wobble(what: string, period?: number): number;
}

export interface World {
  readonly moments: readonly Moment[];
  /** Every alert that ever fired, with when. */
  readonly alerts: readonly (Stretch & { readonly alert: PastAlert })[];
}

export interface WorldOptions {
  readonly seed: number;
  /** The last moment, Unix seconds. */
  readonly end: number;
  readonly densities: readonly Density[];
  /** What happened; the month of the demo unless said otherwise. */
  readonly happenings?: readonly Happening[];
}

/** At its busiest, in requests a second: as much as the demo traffic sends. */
const PEAK = 8;
const USUALLY_FAILING = 0.000_12;
const AFTER_ALERT = 300;
const SHIFT = 12 * 3_600;

/** Unix seconds of a local time so many midnights before the end. */
function timeOf({ daysAgo, at }: Pick<Happening, "daysAgo" | "at">, end: number): number {
  const day = new Date(end * 1_000);
  const [hour = 0, minute = 0] = at.split(":").map(Number);
  day.setDate(day.getDate() - daysAgo);
  day.setHours(hour, minute, 0, 0);
  return day.getTime() / 1_000;
}

/** Lives through the past. The same options give the same past, in one time zone. */
export function createWorld({
  seed,
  end,
  densities,
  happenings: happened = happenings,
}: WorldOptions): World {
  const all = happened.map((one) => {
    const from = timeOf(one, end);
    return { ...one, from, to: from + one.minutes * 60 };
  });
  const starts = [
    ...deploys.map((deploy) => timeOf(deploy, end)),
    ...all.filter(({ away }) => away).map(({ to }) => to),
  ].sort((a, b) => a - b);
  const alerts = all.flatMap(({ alert: told, from, to }) => {
    if (!told) return [];
    const { afterMinutes, ...alert } = told;
    return [{ alert, from: from + afterMinutes * 60, to: to + AFTER_ALERT }];
  });
  const times = gridOf(end, densities, all);
  const born = (times[0] ?? end) - 3 * 86_400;

  const moments = times.map((at, i): Moment => {
    const before = times[i - 1] ?? at;
    const now = all.filter(({ from, to }) => at >= from && at < to);
    const isUp = !now.some(({ away }) => away);
    const worst = (of: (one: Happening) => number | undefined, usual: number): number =>
      Math.max(usual, ...now.map((one) => of(one) ?? 0));
    const noise = (what: string, period = 1_800): number => wobble(`${seed} ${what}`, at, period);
    return {
      at,
      seconds: at - before,
      isUp,
      startedAt: starts.findLast((start) => start <= at) ?? born,
      requests: isUp ? PEAK * busyness(at) * (1 + 0.12 * noise("requests", 600)) : 0,
      failing: worst(({ failing }) => failing, USUALLY_FAILING * (1 + noise("failing", 7_200))),
      failingLogins: worst(({ failingLogins }) => failingLogins, 0.000_1),
      slowness: worst(({ slowness }) => slowness, 1) * (1 + 0.15 * noise("slowness", 2_400)),
      firing: alerts.filter(({ from, to }) => at >= from && at < to).map(({ alert }) => alert),
      opened: alerts.filter(({ from }) => from > before && from <= at).length,
      shiftPages: alerts.filter(
        ({ alert, from }) => alert.severity === "page" && from <= at && from > at - SHIFT,
      ).length,
      wobble: noise,
    };
  });
  return { moments, alerts };
}
