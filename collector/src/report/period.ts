/** A week or a month of the calendar in a time zone. */
export interface ReportPeriod {
  readonly kind: "week" | "month";
  /** ISO 8601: `2026-W46` or `2026-11`. */
  readonly name: string;
  /** Midnights at which its days begin, and the one at which the last ends. Milliseconds since 1970. */
  readonly midnights: readonly number[];
  /** The calendar days, `2026-11-09`. */
  readonly days: readonly string[];
  readonly timeZone: string;
}

export const startOf = ({ midnights }: ReportPeriod): number => midnights[0] ?? 0;
export const endOf = ({ midnights }: ReportPeriod): number => midnights.at(-1) ?? 0;

const DAY_MS = 86_400_000;

/** A calendar day as the number of days since 1970; it has no time zone. */
const dayNumber = (year: number, month: number, day: number): number =>
  Date.UTC(year, month - 1, day) / DAY_MS;
const isoDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Minutes by which a zone's clocks are ahead of UTC at a moment. */
function offsetMs(ms: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(ms);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
  const local = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return local - Math.floor(ms / 1_000) * 1_000;
}

/** When a calendar day begins. Where clocks skip midnight, it is the first moment of the day. */
function midnightOf(day: number, timeZone: string): number {
  const local = day * DAY_MS;
  const guess = local - offsetMs(local, timeZone);
  return local - offsetMs(guess, timeZone);
}

/** The calendar day of a moment. */
const dayAt = (ms: number, timeZone: string): number => Math.floor((ms + offsetMs(ms, timeZone)) / DAY_MS);

/** Thursday decides to which year a week belongs. Day 0 was a Thursday. */
const mondayOf = (day: number): number => day - ((((day + 3) % 7) + 7) % 7);

function weekName(monday: number): string {
  const year = new Date((monday + 3) * DAY_MS).getUTCFullYear();
  const first = mondayOf(dayNumber(year, 1, 4));
  return `${year}-W${String((monday - first) / 7 + 1).padStart(2, "0")}`;
}

function build(
  kind: ReportPeriod["kind"],
  name: string,
  first: number,
  count: number,
  timeZone: string,
): ReportPeriod {
  const days = Array.from({ length: count }, (_, i) => first + i);
  return {
    kind,
    name,
    midnights: [...days, first + count].map((day) => midnightOf(day, timeZone)),
    days: days.map(isoDay),
    timeZone,
  };
}

const weekFrom = (monday: number, timeZone: string): ReportPeriod =>
  build("week", weekName(monday), monday, 7, timeZone);

function monthFrom(year: number, month: number, timeZone: string): ReportPeriod {
  const first = dayNumber(year, month, 1);
  const name = isoDay(first).slice(0, 7);
  return build("month", name, first, dayNumber(year, month + 1, 1) - first, timeZone);
}

/**
 * Reads `2026-W46` or `2026-11`.
 *
 * @throws Error in one line when there is no such week or month
 */
export function parsePeriod(text: string, timeZone: string): ReportPeriod {
  const refuse = (): never => {
    throw new Error(
      `Cannot report on "${text}" as it must be a week such as 2026-W46 or a month such as 2026-11`,
    );
  };
  const [, yearText, week, month] = /^(\d{4})-(?:W(\d\d)|(\d\d))$/.exec(text) ?? [];
  const year = Number(yearText);
  if (!(year >= 2000 && year < 2100)) return refuse();
  if (week !== undefined) {
    const period = weekFrom(mondayOf(dayNumber(year, 1, 4)) + (Number(week) - 1) * 7, timeZone);
    return period.name === text ? period : refuse();
  }
  return Number(month) >= 1 && Number(month) <= 12 ? monthFrom(year, Number(month), timeZone) : refuse();
}

/** The last whole week or month before a moment. */
export function lastPeriod(kind: ReportPeriod["kind"], nowMs: number, timeZone: string): ReportPeriod {
  const today = dayAt(nowMs, timeZone);
  if (kind === "week") return weekFrom(mondayOf(today) - 7, timeZone);
  const date = new Date(today * DAY_MS);
  return date.getUTCMonth() === 0
    ? monthFrom(date.getUTCFullYear() - 1, 12, timeZone)
    : monthFrom(date.getUTCFullYear(), date.getUTCMonth(), timeZone);
}

/** The period right before another one. */
export const periodBefore = (period: ReportPeriod): ReportPeriod =>
  lastPeriod(period.kind, startOf(period), period.timeZone);

/** Local hour of a moment, 0 to 23, and whether it is a weekend day. */
export function localTime(
  ms: number,
  timeZone: string,
): { readonly hour: number; readonly weekend: boolean } {
  const local = new Date(ms + offsetMs(ms, timeZone));
  return { hour: local.getUTCHours(), weekend: [0, 6].includes(local.getUTCDay()) };
}

const inWords = (day: string, parts: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...parts }).format(Date.parse(day));

/** `Monday 9 to Sunday 15 November 2026`. */
export function periodInWords({ days }: ReportPeriod): string {
  const [first = "", last = ""] = [days[0], days.at(-1)];
  const sameMonth = first.slice(0, 7) === last.slice(0, 7);
  const begin = inWords(first, { weekday: "long", day: "numeric", ...(!sameMonth && { month: "long" }) });
  const end = inWords(last, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  return `${begin} to ${end}`.replaceAll(",", "");
}

/** `Thu 12`. */
export const shortDay = (day: string): string =>
  inWords(day, { weekday: "short", day: "numeric" }).replace(",", "");

/** `Thursday 12 November`. */
export const longDay = (day: string): string =>
  inWords(day, { weekday: "long", day: "numeric", month: "long" }).replace(",", "");
