import type { CalendarWindow } from "@watchkeeper/catalogue/calendar";
import {
  logsUrl,
  promisePanelUrl,
  promiseUrl,
  runbookUrl,
  type SloAlertName,
  sloAlerts,
  sloSeries,
} from "@watchkeeper/catalogue/names";
import type { WindowDays } from "@watchkeeper/catalogue/slo";
import type { Duration } from "../alert.ts";
import { secondsOf } from "./timing.ts";

/** The panel of the promises' board on which each of their alerts is seen. */
export const promisePanels = {
  [sloAlerts.burnsFast]: "burn-1h",
  [sloAlerts.burnsSlowly]: "burn-6h",
  [sloAlerts.trafficLost]: "events",
  [sloAlerts.noEventsEver]: "events",
  [sloAlerts.inconsistent]: "errors",
  [sloAlerts.budgetSpent]: "left",
} as const satisfies Readonly<Record<SloAlertName, string>>;

/** What every alert of a promise says. The page is that of the promise, the log that of its service. */
export const annotationsOf = (
  alert: SloAlertName,
  summary: string,
  description: string,
): Readonly<Record<string, string>> => ({
  summary,
  description,
  runbook_url: runbookUrl("{{ $labels.slo }}"),
  dashboard_url: promiseUrl("{{ $labels.slo }}"),
  panel_url: promisePanelUrl(promisePanels[alert], "{{ $labels.slo }}"),
  logs_url: logsUrl("{{ $labels.service }}"),
});

/** @param groups the labels by which some promises tell apart to whom they are made, such as `tenant` */
export const whoOf = (groups: readonly string[]): string =>
  `{{ $labels.slo }}${groups.map((label) => `{{ with $labels.${label} }} of {{ . }}{{ end }}`).join("")}`;

/**
 * How much of the budget is left and how long that lasts at this pace.
 * @param seconds for how long the budget would last if the value of the alert were 1
 */
function outlook(seconds: number, groups: readonly string[]): string {
  const left = `${sloSeries.budgetRemaining}{${["slo", ...groups].map((label) => `${label}='%s'`).join(",")}}`;
  const values = ["slo", ...groups].map((label) => `$labels.${label}`).join(" ");
  return (
    `{{ with printf "${left} > 0" ${values} | query }}` +
    "{{ . | first | value | humanizePercentage }} of it is left" +
    `{{ with printf "${left} / %g * ${seconds}" ${values} $value | query }}` +
    ", gone in {{ . | first | value | humanizeDuration }} at this pace{{ end }}." +
    "{{ else }}Nothing of it is left.{{ end }}"
  );
}

/** Over what a promise holds, as far as its alerts say so. */
export interface Horizon {
  readonly seconds: number;
  readonly days: WindowDays;
  readonly calendar?: CalendarWindow;
  readonly groups: readonly string[];
}

const budgetOf = ({ days, calendar }: Horizon): string =>
  calendar ? `its budget of this ${calendar.each}` : `its budget of ${days} days`;

/** The value is the share of the whole budget that was spent. */
export const fastText = (horizon: Horizon, long: Duration): string =>
  `${whoOf(horizon.groups)} has spent {{ $value | humanizePercentage }} of ${budgetOf(horizon)} within ${long}. ` +
  outlook(secondsOf(long), horizon.groups);

/** The value is the burn rate. */
export const slowText = (horizon: Horizon, long: Duration): string =>
  `${whoOf(horizon.groups)} has spent ${budgetOf(horizon)} {{ $value | humanize }} times as fast as allowed ` +
  `over ${long}. ${outlook(horizon.seconds, horizon.groups)}`;
