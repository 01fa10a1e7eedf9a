import { type CalendarUnit, type CalendarWindow, isZone } from "@watchkeeper/catalogue/calendar";
import type { Slo } from "@watchkeeper/catalogue/slo";
import type { Field } from "./field.ts";

/** Over what a promise holds, as OpenSLO says it: rolling days, or a calendar's period with the place whose midnight begins it. */

type Window = Pick<Slo, "days" | "calendar">;

const ROLLING = { "28d": 28, "4w": 28, "30d": 30 } as const;
const PERIODS = { "1w": "week", "1M": "month", "1Q": "quarter", "1Y": "year" } as const;

/** A Monday, and the first day of a month, of a quarter and of a year: every period of ours begins on it. */
const BEGIN = "2024-01-01 00:00:00";

/** What OpenSLO leaves open: of how many days the traffic is that the rest of a period is reckoned with. */
const ORDINARY_DAYS = 30;

const beginsOn: Readonly<Record<CalendarUnit, (day: Date) => boolean>> = {
  week: (day) => day.getUTCDay() === 1,
  month: (day) => day.getUTCDate() === 1,
  quarter: (day) => day.getUTCDate() === 1 && day.getUTCMonth() % 3 === 0,
  year: (day) => day.getUTCDate() === 1 && day.getUTCMonth() === 0,
};

const beginOf: Readonly<Record<CalendarUnit, string>> = {
  week: "midnight of a Monday",
  month: "midnight of the first of a month",
  quarter: "midnight of the first of January, April, July or October",
  year: "midnight of the first of January",
};

function checkBegin(field: Field, each: CalendarUnit): void {
  const allowed = `${beginOf[each]}, such as ${BEGIN}`;
  const text = typeof field.value === "string" ? field.value : field.refuse(allowed);
  const [, date] = /^(\d{4}-\d{2}-\d{2}) 00:00:00$/.exec(text) ?? field.refuse(allowed);
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || !day.toISOString().startsWith(`${date}T`) || !beginsOn[each](day)) {
    field.refuse(allowed);
  }
}

function parseCalendar(window: Field): CalendarWindow {
  const each = PERIODS[window.at("duration").oneOf(["1w", "1M", "1Q", "1Y"])];
  const calendar = window.at("calendar").only("startTime", "timeZone");
  const zone = calendar.at("timeZone");
  if (!isZone(zone.text())) zone.refuse("a time zone such as Europe/Berlin");
  checkBegin(calendar.at("startTime"), each);
  return { each, zone: zone.text() };
}

/** @param days the annotation that says what OpenSLO leaves open */
export function parseWindow(windows: Field, days: Field): Window {
  const [window, ...others] = windows.list();
  if (!window || others.length > 0) return windows.refuse("a list of one window");
  window.only("duration", "isRolling", "calendar");
  if (window.at("isRolling").flag()) {
    if (!window.at("calendar").missing) window.at("calendar").refuse("left out where isRolling is true");
    if (!days.missing) days.refuse("left out where isRolling is true");
    return { days: ROLLING[window.at("duration").oneOf(["28d", "4w", "30d"])] };
  }
  if (window.at("calendar").missing) window.at("isRolling").refuse("true, or there must be a calendar");
  const calendar = parseCalendar(window);
  return { calendar, days: days.missing ? ORDINARY_DAYS : days.oneOf(["28", "30"]) === "28" ? 28 : 30 };
}

/** The window of a promise. */
export function buildWindow({ days, calendar }: Window): object {
  if (!calendar) return { duration: `${days}d`, isRolling: true };
  const [duration] = Object.entries(PERIODS).find(([, each]) => each === calendar.each) ?? [];
  return { duration, isRolling: false, calendar: { startTime: BEGIN, timeZone: calendar.zone } };
}
