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

/** Planned work. What happens in it is counted, and not against the budget. */
export interface MaintenanceWindow {
  /** One sentence with its full stop: why a promise may be broken meanwhile. */
  readonly because: string;
  /** The promises that it is about, by name. */
  readonly slos: "all" | readonly [string, ...string[]];
  readonly when: Once | Weekly;
}

const MINUTES_OF_WEEK = 7 * 24 * 60;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** Seconds since 1970 of a time such as `2026-12-06T02:00:00Z`; not a number where it is none. */
export const unixSeconds = (instant: string): number =>
  INSTANT.test(instant) ? Date.parse(instant) / 1_000 : Number.NaN;

/** Minutes since Monday 00:00 UTC at which a weekly window begins; not a number where it says no time. */
export function minuteOfWeek({ every, at }: Weekly): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(at) ?? [];
  return (weekdays.indexOf(every) * 24 + Number(hours)) * 60 + Number(minutes);
}

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
  });
  return windows;
}

/** The windows that a promise is in. */
export const maintenanceOf = (
  slo: string,
  windows: readonly MaintenanceWindow[],
): readonly MaintenanceWindow[] => windows.filter(({ slos }) => slos === "all" || slos.includes(slo));
