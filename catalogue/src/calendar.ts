/** Periods of a calendar as people have it: they begin at midnight of a place, whatever that place does to its clocks. */
export const calendarUnits = ["week", "month", "quarter", "year"] as const;
export type CalendarUnit = (typeof calendarUnits)[number];

/** How long a period is as a rule, in days; what its budget is spread over to tell how fast it is spent. */
export const nominalDays = { week: 7, month: 30, quarter: 91, year: 365 } as const satisfies Record<
  CalendarUnit,
  number
>;

/** A period that begins anew at midnight. Weeks begin on Monday. */
export interface CalendarWindow {
  readonly each: CalendarUnit;
  /** An IANA time zone such as `Europe/Berlin`. */
  readonly zone: string;
}

/** From `from`, which is part of it, up to `to`, which is not. In Unix seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

interface Day {
  readonly year: number;
  /** From 1; months and days beyond their range are those of the next or the last year or month. */
  readonly month: number;
  readonly day: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

const formatOf = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US-u-ca-gregory", {
    timeZone: zone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
  });
  formats.set(zone, format);
  return format;
};

/** Whether a time zone is known here. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

function dayAt(seconds: number, zone: string): Day {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(seconds * 1_000)
      .map(({ type, value }) => [type, Number(value)]),
  );
  return { year: parts.get("year") ?? 0, month: parts.get("month") ?? 0, day: parts.get("day") ?? 0 };
}

/** Days since 1970, which puts days in order. */
const numberOf = ({ year, month, day }: Day): number => Date.UTC(year, month - 1, day) / 86_400_000;

/** The first second of a day in a place: where clocks skip midnight, the one that they skip to. */
function beginOf(day: Day, zone: string): number {
  const wanted = numberOf(day);
  // No place is further than this from Greenwich.
  let [before, after] = [wanted * 86_400 - 16 * 3_600, wanted * 86_400 + 16 * 3_600];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (numberOf(dayAt(middle, zone)) >= wanted) after = middle;
    else before = middle;
  }
  return after;
}

/** The first day of the period that a day lies in, or of one of those around it. */
function firstDay({ year, month, day }: Day, each: CalendarUnit, periodsLater: number): Day {
  if (each === "year") return { year: year + periodsLater, month: 1, day: 1 };
  if (each === "quarter") {
    return { year, month: (Math.floor((month - 1) / 3) + periodsLater) * 3 + 1, day: 1 };
  }
  if (each === "month") return { year, month: month + periodsLater, day: 1 };
  // 1970 began on a Thursday.
  const sinceMonday = (numberOf({ year, month, day }) + 3) % 7;
  return { year, month, day: day - sinceMonday + 7 * periodsLater };
}

/**
 * The period that a moment lies in.
 * @param at in Unix seconds
 * @param later 1 for the one after it, -1 for the one before it
 */
export function periodAt({ each, zone }: CalendarWindow, at: number, later = 0): Span {
  const day = dayAt(at, zone);
  return {
    from: beginOf(firstDay(day, each, later), zone),
    to: beginOf(firstDay(day, each, later + 1), zone),
  };
}

/** When periods begin between two moments, in Unix seconds; the first is that of the period which `from` lies in. */
export function beginsBetween(window: CalendarWindow, from: number, to: number): readonly number[] {
  const begins: number[] = [];
  for (let period = periodAt(window, from); period.from < to; period = periodAt(window, period.to)) {
    begins.push(period.from);
  }
  return begins;
}
