import { promiseUrl, runbookUrl, sloSeries } from "@watchkeeper/catalogue/names";
import type { WindowDays } from "@watchkeeper/catalogue/slo";
import type { Duration } from "../alert.ts";
import { secondsOf } from "./timing.ts";

/** What every alert of a promise says. The page is that of the promise. */
export const annotationsOf = (summary: string, description: string): Readonly<Record<string, string>> => ({
  summary,
  description,
  runbook_url: runbookUrl("{{ $labels.slo }}"),
  dashboard_url: promiseUrl("{{ $labels.slo }}"),
});

/**
 * How much of the budget is left and how long that lasts at this pace.
 * @param seconds for how long the budget would last if the value of the alert were 1
 */
const outlook = (seconds: number): string =>
  `{{ with printf "${sloSeries.budgetRemaining}{slo='%s'} > 0" $labels.slo | query }}` +
  "{{ . | first | value | humanizePercentage }} of it is left" +
  `{{ with printf "${sloSeries.budgetRemaining}{slo='%s'} / %g * ${seconds}" $labels.slo $value | query }}` +
  ", gone in {{ . | first | value | humanizeDuration }} at this pace{{ end }}." +
  "{{ else }}Nothing of it is left.{{ end }}";

/** The value is the share of the whole budget that was spent. */
export const fastText = (days: WindowDays, long: Duration): string =>
  `{{ $labels.slo }} has spent {{ $value | humanizePercentage }} of its budget of ${days} days within ${long}. ` +
  outlook(secondsOf(long));

/** The value is the burn rate. */
export const slowText = (days: WindowDays, long: Duration): string =>
  `{{ $labels.slo }} has spent its budget of ${days} days {{ $value | humanize }} times as fast as allowed ` +
  `over ${long}. ${outlook(days * 86_400)}`;
