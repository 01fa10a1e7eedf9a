import type { LabelValue } from "@watchkeeper/catalogue/labels";
import { appDependencyUp } from "@watchkeeper/catalogue/metrics/dependency";
import { type Check, runCheck } from "./check.ts";
import type { Metrics } from "./metrics.ts";

export type Dependency = LabelValue<"dependency">;

/**
 * Exports whether each dependency answers. Returns the probe to call at a steady pace: it runs every check once, each
 * within `timeoutMs`, and gives the reasons of those that failed.
 */
export function exportDependencies(
  metrics: Metrics,
  checks: Readonly<Record<Dependency, Check>>,
  timeoutMs?: number,
): () => Promise<ReadonlyMap<Dependency, unknown>> {
  const up = metrics.gauge(appDependencyUp);
  return async () => {
    const failures = new Map<Dependency, unknown>();
    await Promise.all(
      (Object.keys(checks) as Dependency[]).map((dependency) =>
        runCheck(checks[dependency], timeoutMs).then(
          () => up.set({ dependency }, 1),
          (error: unknown) => {
            up.set({ dependency }, 0);
            failures.set(dependency, error);
          },
        ),
      ),
    );
    return failures;
  };
}
