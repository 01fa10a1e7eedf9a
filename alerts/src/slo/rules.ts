import type { MaintenanceWindow } from "@watchkeeper/catalogue/maintenance";
import { ruleGroups } from "@watchkeeper/catalogue/names";
import type { Slo } from "@watchkeeper/catalogue/slo";
import { maintenance } from "@watchkeeper/catalogue/slos/maintenance";
import { renderYaml } from "../render/document.ts";
import { calendarRules, hourlyCalendarRules } from "./calendar-rules.ts";
import { cumulativeRules, hourlyRules, resumeRules } from "./carried-on.ts";
import { policyRules } from "./policy-rules.ts";
import { promiseRules } from "./promise-rules.ts";
import type { Rule } from "./rule.ts";
import { groupLabelsOf, sharedRules } from "./shared-rules.ts";
import { type RuleTiming, ruleTiming } from "./timing.ts";

/** All rules of promises that are evaluated at every interval, in their order. */
export const sloRules = (
  slos: readonly Slo[],
  timing: RuleTiming = ruleTiming,
  windows: readonly MaintenanceWindow[] = maintenance,
): readonly Rule[] => [
  ...slos.flatMap((slo) => promiseRules(slo, timing, windows)),
  ...resumeRules,
  ...calendarRules(slos, timing),
  ...cumulativeRules(windows.length > 0),
  ...sharedRules(slos),
  ...policyRules(groupLabelsOf(slos)),
];

const plain = (rule: Rule) => ({ ...rule, expr: rule.expr.text });

/** The rule file of promises. Its first group must stay one group: rules read what those before them wrote. */
export const renderSloRules = (
  slos: readonly Slo[],
  timing: RuleTiming = ruleTiming,
  windows: readonly MaintenanceWindow[] = maintenance,
): string =>
  renderYaml("catalogue/src/slos and alerts/src/slo", {
    groups: [
      {
        name: ruleGroups.slo,
        interval: `${timing.interval}s`,
        rules: sloRules(slos, timing, windows).map(plain),
      },
      {
        name: ruleGroups.sloHourly,
        interval: "1h",
        rules: [...hourlyRules, ...hourlyCalendarRules(slos)].map(plain),
      },
    ],
  });
