import type { MaintenanceWindow } from "@watchkeeper/catalogue/maintenance";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { promql } from "@watchkeeper/catalogue/promql";
import { type Slo, windowOf } from "@watchkeeper/catalogue/slo";
import { countOf } from "./count.ts";
import { groupRules } from "./groups.ts";
import { maintenanceRules } from "./maintenance-rule.ts";
import type { RecordingRule } from "./rule.ts";
import type { RuleTiming } from "./timing.ts";

/** The rules that each promise has of its own: what it counts, and whose it is. The rest is shared by all. */
export function promiseRules(
  slo: Slo,
  timing: RuleTiming,
  windows: readonly MaintenanceWindow[] = [],
): readonly RecordingRule[] {
  const labels = { slo: slo.name };
  const { first, events, errors } = countOf(slo, timing);
  const s = sloSeries;
  const deltas: readonly RecordingRule[] = [
    { record: s.eventsDelta, labels, expr: events },
    { record: s.errorsDelta, labels, expr: errors },
  ];
  return [
    ...maintenanceRules(slo.name, timing, windows),
    ...groupRules(slo, timing),
    ...(first === "events" ? deltas : [...deltas].reverse()),
    {
      record: s.budgetRatio,
      labels: {
        ...labels,
        service: slo.service,
        owner: slo.owner,
        urgency: slo.urgency,
        preset: slo.preset,
        window: windowOf(slo),
        idle: slo.mayBeIdle === undefined ? "no" : "yes",
      },
      expr: promql`vector(${1 - slo.objective})`,
    },
  ];
}
