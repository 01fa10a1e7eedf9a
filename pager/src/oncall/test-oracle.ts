import { weekdays } from "@watchkeeper/catalogue/maintenance";
import type { Layer, Schedule, Window } from "./schedule.ts";

/*
 * Who is on call, found out the slow way: by looking at the zone's clock once a minute, and remembering the latest
 * time that it has shown and the earliest that it will still show. It shares neither code nor a time library with
 * what it judges: a start has passed when the clock has shown it or later, an end when no earlier time will be shown.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** More than clocks have ever gone back or forward. */
const MARGIN_MS = 3 * DAY_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

function offsetMs(zone: string, atMs: number): number {
  let format = formats.get(zone);
  if (!format) {
    const two = "2-digit";
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      ...{ year: "numeric", month: two, day: two, hour: two, minute: two, second: two },
    });
    formats.set(zone, format);
  }
  const part = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - atMs;
}

/** The wall clock of every minute, as the UTC milliseconds at which a clock in UTC shows the same. */
function wallClock(zone: string, fromMs: number, minutes: number): Float64Array {
  const wall = new Float64Array(minutes);
  for (let i = 0; i < minutes; i += 60) {
    const atMs = fromMs + i * MINUTE_MS;
    const first = offsetMs(zone, atMs);
    const same = first === offsetMs(zone, atMs + HOUR_MS);
    for (let j = i; j < Math.min(i + 60, minutes); j += 1) {
      const minuteMs = fromMs + j * MINUTE_MS;
      wall[j] = minuteMs + (same ? first : offsetMs(zone, minuteMs));
    }
  }
  return wall;
}

const utcOf = (wall: { toString(): string }): number => Date.parse(`${wall.toString()}Z`);

/** One date later by months, on the last day where the month is too short. */
function addMonths(ms: number, months: number): number {
  const date = new Date(ms);
  const month = date.getUTCMonth() + months;
  const last = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const midnight = Date.UTC(date.getUTCFullYear(), month, Math.min(date.getUTCDate(), last));
  return midnight + (ms % DAY_MS);
}

const LENGTH_MS = { hours: HOUR_MS, days: DAY_MS, weeks: 7 * DAY_MS } as const;

/** Which turn it is: the number of handoffs that the clock has shown, counted on from the last answer. */
function createTurns({ starts, turn }: Layer): (shownMs: number) => number {
  const firstMs = utcOf(starts);
  const nth = (k: number): number =>
    turn.unit === "months"
      ? addMonths(firstMs, k * turn.count)
      : firstMs + k * turn.count * LENGTH_MS[turn.unit];
  let k = -1;
  return (shownMs) => {
    while (nth(k + 1) <= shownMs) k += 1;
    return k;
  };
}

const clockMs = (text: string): number =>
  Number(text.slice(0, 2)) * HOUR_MS + Number(text.slice(3)) * MINUTE_MS;

function createWindow({ days, from, to }: Window): (shownMs: number, comingMs: number) => boolean {
  // 1970-01-01 was a Thursday.
  const isMine = [3, 4, 5, 6, 0, 1, 2].map((weekday) => days.includes(weekdays[weekday] as never));
  const startMs = clockMs(from);
  const endMs = clockMs(to) + (clockMs(to) <= startMs ? DAY_MS : 0);
  return (shownMs, comingMs) => {
    const today = Math.floor(shownMs / DAY_MS);
    for (let day = today - 3; day <= today; day += 1) {
      const midnight = day * DAY_MS;
      const passed = midnight + startMs <= shownMs && comingMs < midnight + endMs;
      if (passed && isMine[((day % 7) + 7) % 7]) return true;
    }
    return false;
  };
}

/** Who the layer says, asked minute after minute. */
function createLayer(layer: Layer): (shownMs: number, comingMs: number) => string | undefined {
  const endsMs = layer.ends === undefined ? Number.POSITIVE_INFINITY : utcOf(layer.ends);
  const turnAt = createTurns(layer);
  const windows = layer.windows.map(createWindow);
  return (shownMs, comingMs) => {
    if (comingMs >= endsMs) return undefined;
    const turn = turnAt(shownMs);
    if (turn < 0 || (windows.length > 0 && !windows.some((isOpen) => isOpen(shownMs, comingMs)))) {
      return undefined;
    }
    return layer.people[turn % layer.people.length];
  };
}

/** The person on call in each minute from `fromMs`; undefined where there is nobody. */
export function askEveryMinute(
  schedule: Schedule,
  fromMs: number,
  minutes: number,
): readonly (string | undefined)[] {
  const margin = MARGIN_MS / MINUTE_MS;
  const wall = wallClock(schedule.zone, fromMs - MARGIN_MS, minutes + 2 * margin);
  const shown = Float64Array.from(wall);
  for (let i = 1; i < shown.length; i += 1) shown[i] = Math.max(shown[i] as number, shown[i - 1] as number);
  const coming = Float64Array.from(wall);
  for (let i = coming.length - 2; i >= 0; i -= 1) {
    coming[i] = Math.min(coming[i] as number, coming[i + 1] as number);
  }
  const layers = schedule.layers.map(createLayer);
  const people: (string | undefined)[] = [];
  for (let i = 0; i < minutes; i += 1) {
    const atMs = fromMs + i * MINUTE_MS;
    const isIn = (span: { fromMs: number; toMs: number }): boolean => span.fromMs <= atMs && atMs < span.toMs;
    let person: string | undefined;
    for (const ask of layers) {
      person = ask(shown[i + margin] as number, coming[i + margin] as number) ?? person;
    }
    for (const override of schedule.overrides) if (isIn(override)) person = override.person;
    for (const swap of schedule.swaps) {
      const [one, other] = swap.between;
      if (isIn(swap) && person === one) person = other;
      else if (isIn(swap) && person === other) person = one;
    }
    people.push(person);
  }
  return people;
}
