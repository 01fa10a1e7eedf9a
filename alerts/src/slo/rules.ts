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
import { groupLabelsOf, minuteRules, sharedRules } from "./shared-rules.ts";
import { type RuleTiming, ruleTiming } from "./timing.ts";

/** What is evaluated at every interval, in its order. */
const intervalRules = (
  slos: readonly Slo[],
  timing: RuleTiming,
  windows: readonly MaintenanceWindow[],
): readonly Rule[] => [
  ...slos.flatMap((slo) => promiseRules(slo, timing, windows)),
  ...resumeRules,
  ...calendarRules(slos, timing),
  ...cumulativeRules(windows.length > 0),
  ...sharedRules(slos),
];

/** What is evaluated at every fourth interval: of the suite's own, once a minute. */
export const seldomRules = (slos: readonly Slo[]): readonly Rule[] => [
  ...minuteRules(slos),
  ...policyRules(groupLabelsOf(slos)),
];

/** How many intervals pass between two evaluations of what is evaluated seldom. */
export const SELDOM = 4;

/** All rules of promises but those of the hour, in their order. */
export const sloRules = (
  slos: readonly Slo[],
  timing: RuleTiming = ruleTiming,
  windows: readonly MaintenanceWindow[] = maintenance,
): readonly Rule[] => [...intervalRules(slos, timing, windows), ...seldomRules(slos)];

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
        rules: intervalRules(slos, timing, windows).map(plain),
      },
      {
        name: ruleGroups.sloMinute,
        interval: `${timing.interval * SELDOM}s`,
        rules: seldomRules(slos).map(plain),
      },
      {
        name: ruleGroups.sloHourly,
        interval: "1h",
        rules: [...hourlyRules, ...hourlyCalendarRules(slos)].map(plain),
      },
    ],
  });
