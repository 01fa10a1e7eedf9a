import { ruleGroups } from "@watchkeeper/catalogue/names";
import type { Slo } from "@watchkeeper/catalogue/slo";
import { renderYaml } from "../render/document.ts";
import { promiseRules } from "./promise-rules.ts";
import type { Rule } from "./rule.ts";
import { hourlyRules, resumeRules, sharedRules } from "./shared-rules.ts";
import { type RuleTiming, ruleTiming } from "./timing.ts";

/** All rules of promises that are evaluated at every interval, in their order. */
export const sloRules = (slos: readonly Slo[], timing: RuleTiming = ruleTiming): readonly Rule[] => [
  ...resumeRules,
  ...slos.flatMap((slo) => promiseRules(slo, timing)),
  ...sharedRules(slos),
];

const plain = (rule: Rule) => ({ ...rule, expr: rule.expr.text });

/** The rule file of promises. Its first group must stay one group: rules read what those before them wrote. */
export const renderSloRules = (slos: readonly Slo[], timing: RuleTiming = ruleTiming): string =>
  renderYaml("catalogue/src/slos and alerts/src/slo", {
    groups: [
      { name: ruleGroups.slo, interval: `${timing.interval}s`, rules: sloRules(slos, timing).map(plain) },
      { name: ruleGroups.sloHourly, interval: "1h", rules: hourlyRules.map(plain) },
    ],
  });
