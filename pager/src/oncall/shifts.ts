import { weekdays } from "@watchkeeper/catalogue/maintenance";
import { Temporal } from "temporal-polyfill";
import type { Layer, Reason, Schedule, Shift, Span, Swap, Window } from "./schedule.ts";
import { endMsOf, startMsOf, type WallTime, wallTimeAt } from "./wall-clock.ts";

/** Nobody asks for more, and a rotation of one hour has 9,600 turns in it. */
export const MAX_SPAN_DAYS = 400;
export const DAY_MS = 24 * 60 * 60_000;

const isNotEmpty = ({ fromMs, toMs }: Span): boolean => fromMs < toMs;

const clip = <T extends Span>(span: T, { fromMs, toMs }: Span): T => ({
  ...span,
  fromMs: Math.max(span.fromMs, fromMs),
  toMs: Math.min(span.toMs, toMs),
});

/** Whose turn it is, in order, whether or not a window lets them be on call. A turn that clocks skip is left out. */
function turnsOf(layer: Layer, zone: string, span: Span): Shift[] {
  const { people, starts, turn, name } = layer;
  const handoff = (k: number): number =>
    startMsOf(starts.add({ [turn.unit]: k * turn.count }, { overflow: "constrain" }), zone);
  const passed = starts.until(wallTimeAt(span.fromMs, zone), { largestUnit: turn.unit })[turn.unit];
  const because: Reason = { kind: "layer", name };
  const turns: Shift[] = [];
  // Where clocks have gone back the wall shows a turn that is over already; one step back never misses the first.
  for (let k = Math.max(0, Math.floor(passed / turn.count) - 1); ; k += 1) {
    const fromMs = handoff(k);
    if (fromMs >= span.toMs) return turns;
    const person = people[k % people.length] as string;
    const shift = clip({ fromMs, toMs: handoff(k + 1), person, because }, span);
    if (isNotEmpty(shift)) turns.push(shift);
  }
}

const wallOn = (date: Temporal.PlainDate, clock: string): WallTime =>
  clock === "24:00"
    ? date.add({ days: 1 }).toPlainDateTime()
    : date.toPlainDateTime(Temporal.PlainTime.from(clock));

/** The windows as spans that neither overlap nor touch, in order. */
function spansOf(windows: readonly Window[], zone: string, span: Span): Span[] {
  // A day more on each side for windows over midnight, and one for the days that a zone once left out.
  const first = wallTimeAt(span.fromMs, zone).toPlainDate().subtract({ days: 2 });
  const last = wallTimeAt(span.toMs, zone).toPlainDate().add({ days: 2 });
  const spans: Span[] = [];
  for (let day = first; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    const weekday = weekdays[day.dayOfWeek - 1];
    for (const { days, from, to } of windows) {
      if (weekday === undefined || !days.includes(weekday)) continue;
      const endDay = to <= from ? day.add({ days: 1 }) : day;
      spans.push({ fromMs: startMsOf(wallOn(day, from), zone), toMs: endMsOf(wallOn(endDay, to), zone) });
    }
  }
  spans.sort((one, other) => one.fromMs - other.fromMs);
  const merged: Span[] = [];
  for (const next of spans.filter(isNotEmpty)) {
    const previous = merged.at(-1);
    if (previous && next.fromMs <= previous.toMs) {
      merged[merged.length - 1] = { ...previous, toMs: Math.max(previous.toMs, next.toMs) };
    } else merged.push(next);
  }
  return merged;
}

/** The parts of shifts that lie in the spans; both in order. */
function within(shifts: readonly Shift[], spans: readonly Span[]): Shift[] {
  const parts: Shift[] = [];
  let first = 0;
  for (const shift of shifts) {
    while ((spans[first]?.toMs ?? Number.POSITIVE_INFINITY) <= shift.fromMs) first += 1;
    for (let i = first; i < spans.length; i += 1) {
      const part = clip(shift, spans[i] as Span);
      if (part.fromMs >= shift.toMs) break;
      if (isNotEmpty(part)) parts.push(part);
    }
  }
  return parts;
}

function shiftsOfLayer(layer: Layer, zone: string, span: Span): Shift[] {
  const toMs = layer.ends === undefined ? span.toMs : Math.min(span.toMs, endMsOf(layer.ends, zone));
  const alive = { fromMs: span.fromMs, toMs };
  if (!isNotEmpty(alive)) return [];
  const turns = turnsOf(layer, zone, alive);
  return layer.windows.length === 0 ? turns : within(turns, spansOf(layer.windows, zone, alive));
}

/** What is left of the lower shifts where the upper ones are not, and the upper ones; all in order. */
function cover(lower: readonly Shift[], upper: readonly Shift[]): Shift[] {
  if (lower.length === 0 || upper.length === 0) return [...lower, ...upper];
  const free: Span[] = [];
  let fromMs = Number.NEGATIVE_INFINITY;
  for (const shift of upper) {
    free.push({ fromMs, toMs: shift.fromMs });
    fromMs = shift.toMs;
  }
  free.push({ fromMs, toMs: Number.POSITIVE_INFINITY });
  const rest = within(lower, free.filter(isNotEmpty));
  return [...rest, ...upper].sort((one, other) => one.fromMs - other.fromMs);
}

function exchange(shifts: readonly Shift[], swap: Swap): Shift[] {
  const [one, other] = swap.between;
  return shifts.flatMap((shift) => {
    const inside = clip(shift, swap);
    if (!swap.between.includes(shift.person) || !isNotEmpty(inside)) return [shift];
    const person = shift.person === one ? other : one;
    const parts: Shift[] = [
      { ...shift, toMs: inside.fromMs },
      { ...inside, person, because: { kind: "swap", name: swap.id } },
      { ...shift, fromMs: inside.toMs },
    ];
    return parts.filter(isNotEmpty);
  });
}

function joined(shifts: readonly Shift[]): Shift[] {
  const result: Shift[] = [];
  for (const shift of shifts) {
    const previous = result.at(-1);
    const goesOn =
      previous?.toMs === shift.fromMs &&
      previous.person === shift.person &&
      previous.because.kind === shift.because.kind &&
      previous.because.name === shift.because.name;
    if (goesOn) result[result.length - 1] = { ...previous, toMs: shift.toMs };
    else result.push(shift);
  }
  return result;
}

/**
 * Who is on call from one moment on and before another, in order and cut off at both ends. At any moment it is one
 * person or, between shifts, nobody. Pure: the same schedule and times give the same answer on every machine with
 * the same time zone data.
 *
 * @throws RangeError when the span is longer than `MAX_SPAN_DAYS`
 */
export function shiftsBetween(schedule: Schedule, fromMs: number, toMs: number): readonly Shift[] {
  if (toMs - fromMs > MAX_SPAN_DAYS * DAY_MS) {
    throw new RangeError(`Cannot lay out shifts as the span is too long: at most ${MAX_SPAN_DAYS} days`);
  }
  const span = { fromMs, toMs };
  if (!isNotEmpty(span)) return [];
  let shifts: Shift[] = [];
  for (const layer of schedule.layers) shifts = cover(shifts, shiftsOfLayer(layer, schedule.zone, span));
  for (const { id, person, ...when } of schedule.overrides) {
    const top = clip({ ...when, person, because: { kind: "override", name: id } as const }, span);
    if (isNotEmpty(top)) shifts = cover(shifts, [top]);
  }
  for (const swap of schedule.swaps) shifts = exchange(shifts, swap);
  return joined(shifts);
}

/** Who is on call at a moment, and why; undefined when nobody is. */
export function whoIsOnCall(schedule: Schedule, atMs: number): Pick<Shift, "person" | "because"> | undefined {
  const shift = shiftsBetween(schedule, atMs, atMs + 1)[0];
  return shift && { person: shift.person, because: shift.because };
}

/** The spans in which nobody is on call, in order. */
export function gapsBetween(schedule: Schedule, fromMs: number, toMs: number): readonly Span[] {
  const gaps: Span[] = [];
  let coveredMs = fromMs;
  for (const shift of shiftsBetween(schedule, fromMs, toMs)) {
    if (shift.fromMs > coveredMs) gaps.push({ fromMs: coveredMs, toMs: shift.fromMs });
    coveredMs = shift.toMs;
  }
  if (coveredMs < toMs) gaps.push({ fromMs: coveredMs, toMs });
  return gaps;
}
