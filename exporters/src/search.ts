import type { LabelValue } from "@watchkeeper/catalogue/labels";
import { employeeSearchQueriesTotal } from "@watchkeeper/catalogue/metrics/search";
import type { Metrics } from "./metrics.ts";

/** Counts employee searches by what they found. */
export function countSearches(metrics: Metrics): (result: LabelValue<"search_result">) => void {
  const searches = metrics.counter(employeeSearchQueriesTotal);
  return (result) => searches.inc({ search_result: result });
}
