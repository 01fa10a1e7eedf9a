import { measureAlertQuality } from "@watchkeeper/alerts/simulate/quality";

/** What can be measured, by name. Each gives what is printed as JSON. */
export const benchmarks: Readonly<Record<string, () => Promise<unknown>>> = {
  "alert-quality": async () => measureAlertQuality(),
};
