import type { LabelValue } from "@watchkeeper/catalogue/labels";
import {
  employeeSearchDurationSeconds,
  employeeSearchQueriesTotal,
} from "@watchkeeper/catalogue/metrics/search";
import type { Metrics } from "./metrics.ts";

export type SearchResult = LabelValue<"search_result">;

/** Counts employee searches by what they found, and times those whose seconds are given. */
export function countSearches(metrics: Metrics): (result: SearchResult, seconds?: number) => void {
  const searches = metrics.counter(employeeSearchQueriesTotal);
  const duration = metrics.histogram(employeeSearchDurationSeconds);
  return (result, seconds) => {
    searches.inc({ search_result: result });
    if (seconds !== undefined) duration.observe({}, seconds);
  };
}
