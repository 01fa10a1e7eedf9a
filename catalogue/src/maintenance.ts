export const weekdays = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
] as const;
export type Weekday = (typeof weekdays)[number];

/** Once, between two times such as `2026-12-06T02:00:00Z`. */
export interface Once {
  readonly from: string;
  readonly to: string;
}

/** Every week, from a time of day in UTC such as `02:00`, for so many minutes. */
export interface Weekly {
  readonly every: Weekday;
  readonly at: `${number}:${number}`;
  readonly minutes: number;
}

/** Every month on its first, second, third or fourth such day, from a time of day in UTC, for so many minutes. */
export interface Monthly {
  readonly the: 1 | 2 | 3 | 4;
  readonly every: Weekday;
  readonly at: `${number}:${number}`;
  readonly minutes: number;
}

/** Planned work. What happens in it is counted, and not against the budget. */
export interface MaintenanceWindow {
  /** One sentence with its full stop: why a promise may be broken meanwhile. */
  readonly because: string;
  /** The promises that it is about, by name. */
  readonly slos: "all" | readonly [string, ...string[]];
  readonly when: Once | Weekly | Monthly;
}

const MINUTES_OF_DAY = 24 * 60;
const MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** Seconds since 1970 of a time such as `2026-12-06T02:00:00Z`; not a number where it is none. */
export const unixSeconds = (instant: string): number =>
  INSTANT.test(instant) ? Date.parse(instant) / 1_000 : Number.NaN;

/** Minutes since midnight of a time of day; not a number where it is none. */
export function minuteOfDay(at: string): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(at) ?? [];
  return Number(hours) * 60 + Number(minutes);
}

/** Minutes since Monday 00:00 UTC at which a weekly window begins; not a number where it says no time. */
export const minuteOfWeek = ({ every, at }: Pick<Weekly, "every" | "at">): number =>
  weekdays.indexOf(every) * MINUTES_OF_DAY + minuteOfDay(at);

/** Defines planned work. @throws Error that names the window, the field, what is allowed and what was found */
export function defineMaintenance(
  windows: readonly MaintenanceWindow[],
  names: readonly string[],
): readonly MaintenanceWindow[] {
  windows.forEach(({ because, slos, when }, i) => {
    const refuse = (reason: string): never => {
      throw new Error(`Cannot define maintenance window ${i + 1} as ${reason}`);
    };
    if (!/^\S[^\n]*\.$/.test(because)) refuse("because must be one sentence with a full stop");
    for (const name of slos === "all" ? [] : slos) {
      if (!names.includes(name)) refuse(`slos must name promises: found "${name}"`);
    }
    if ("from" in when) {
      for (const name of ["from", "to"] as const) {
        if (Number.isNaN(unixSeconds(when[name]))) {
          refuse(`${name} must be a time such as 2026-12-06T02:00:00Z: found "${when[name]}"`);
        }
      }
      if (unixSeconds(when.to) <= unixSeconds(when.from)) {
        refuse(`to must be after from, ${when.from}: found "${when.to}"`);
      }
      return;
    }
    if (Number.isNaN(minuteOfWeek(when)))
      refuse(`at must be a time of day such as 02:00: found "${when.at}"`);
    if (!(Number.isInteger(when.minutes) && when.minutes > 0 && when.minutes < MINUTES_OF_WEEK)) {
      refuse(`minutes must be whole, more than 0 and less than a week has: found ${when.minutes}`);
    }
    if ("the" in when && ![1, 2, 3, 4].includes(when.the))
      refuse(`the must be 1, 2, 3 or 4: found ${when.the}`);
    // The day after the fourth Sunday may be one of the next month: what goes on into it cannot be told by its date.
    if ("the" in when && minuteOfDay(when.at) + when.minutes > MINUTES_OF_DAY) {
      refuse(`minutes must end by midnight in a window that comes once a month: found ${when.minutes}`);
    }
  });
  return windows;
}

/** The windows that a promise is in. */
export const maintenanceOf = (
  slo: string,
  windows: readonly MaintenanceWindow[],
): readonly MaintenanceWindow[] => windows.filter(({ slos }) => slos === "all" || slos.includes(slo));
