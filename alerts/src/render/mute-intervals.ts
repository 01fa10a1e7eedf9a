import {
  type MaintenanceWindow,
  maintenanceOf,
  minuteOfDay,
  minuteOfWeek,
  unixSeconds,
  type Weekday,
  weekdays,
} from "@watchkeeper/catalogue/maintenance";
import type { ServiceName } from "@watchkeeper/catalogue/services";
import type { Slo } from "@watchkeeper/catalogue/slo";

const DAY = 24 * 60;

/** A stretch of one day, in minutes since its midnight. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

const times = ({ from, to }: Stretch) => ({ times: [{ start_time: clock(from), end_time: clock(to) }] });

/** The days that a stretch of time touches, each with its part: Alertmanager's intervals end at midnight. */
function byDay(from: number, to: number): readonly (Stretch & { readonly day: number })[] {
  const days: (Stretch & { readonly day: number })[] = [];
  for (let day = Math.floor(from / DAY); day * DAY < to; day += 1) {
    days.push({ day, from: Math.max(from - day * DAY, 0), to: Math.min(to - day * DAY, DAY) });
  }
  return days;
}

const dayName = (day: number): string => (weekdays[day % 7] as Weekday).toLowerCase();

function intervalsOf(when: MaintenanceWindow["when"]): readonly object[] {
  if ("from" in when) {
    // Begun minutes are muted whole.
    const [from, to] = [Math.floor(unixSeconds(when.from) / 60), Math.ceil(unixSeconds(when.to) / 60)];
    return byDay(from, to).map(({ day, ...stretch }) => {
      const date = new Date(day * DAY * 60_000);
      return {
        ...times(stretch),
        days_of_month: [String(date.getUTCDate())],
        months: [String(date.getUTCMonth() + 1)],
        years: [String(date.getUTCFullYear())],
      };
    });
  }
  if ("the" in when) {
    const from = minuteOfDay(when.at);
    return [
      {
        ...times({ from, to: from + when.minutes }),
        weekdays: [when.every.toLowerCase()],
        days_of_month: [`${7 * (when.the - 1) + 1}:${7 * when.the}`],
      },
    ];
  }
  const from = minuteOfWeek(when);
  return byDay(from, from + when.minutes).map(({ day, ...stretch }) => ({
    ...times(stretch),
    weekdays: [dayName(day)],
  }));
}

const nameOf = (index: number): string => `maintenance-${index + 1}`;

/** Alertmanager's own way to say when planned work is done, in UTC. */
export const renderTimeIntervals = (windows: readonly MaintenanceWindow[]) =>
  windows.map(({ when }, i) => ({ name: nameOf(i), time_intervals: intervalsOf(when) }));

/** The services whose promises are in windows, each with the names of these windows. */
export function mutedServices(
  windows: readonly MaintenanceWindow[],
  slos: readonly Slo[],
): ReadonlyMap<ServiceName, readonly string[]> {
  const muted = new Map<ServiceName, readonly string[]>();
  for (const service of new Set(slos.map((slo) => slo.service))) {
    const names = slos.filter((slo) => slo.service === service).map(({ name }) => name);
    const mine = windows.flatMap((window, i) =>
      names.some((name) => maintenanceOf(name, [window]).length > 0) ? [nameOf(i)] : [],
    );
    if (mine.length > 0) muted.set(service, mine);
  }
  return muted;
}
