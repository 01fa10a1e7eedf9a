import type { LabelValue } from "@watchkeeper/catalogue/labels";
import { authLoginAttemptsTotal } from "@watchkeeper/catalogue/metrics/auth";
import type { Metrics } from "./metrics.ts";

export type LoginResult = LabelValue<"login_result">;

/** Counts login attempts by how they ended. */
export function countLogins(metrics: Metrics): (result: LoginResult) => void {
  const attempts = metrics.counter(authLoginAttemptsTotal);
  return (result) => attempts.inc({ login_result: result });
}
