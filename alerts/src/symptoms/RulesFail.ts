import { prometheusRuleEvaluationFailuresTotal } from "@watchkeeper/catalogue/foreign/prometheus";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

const group = { job: "prometheus", instance: "p", rule_group: "slo" } as const;
const failures = promql`increase(${series(prometheusRuleEvaluationFailuresTotal)}[5m])`;

/** A rule that fails is an alert that never fires. */
export const rulesFail = defineAlert({
  name: "RulesFail",
  expr: promql`${failures} > 0`,
  for: "5m",
  severity: "ticket",
  service: "prometheus",
  owner: "platform",
  summary: "Prometheus cannot evaluate some of its rules.",
  description: "Rules of {{ $labels.rule_group }} have failed {{ $value | humanize }} times within 5m.",
  runbook: {
    meaning: "Prometheus evaluates a group of rules and gets errors.",
    impact: "Alerts of that group may stay quiet whatever happens.",
    firstQuery: promql`${failures}`,
    diagnosis: [
      "Prometheus' log, `.watchkeeper/logs/prometheus.log`, has the error of each rule.",
      "`promtool test rules prometheus/tests/generated/*.yml` says whether the rules themselves are at fault.",
    ],
    mitigation: ["Mend the rule, run `npm run gen`, and start Prometheus again."],
    rollback:
      "If it began with a change of the configuration, check out the one before it and run `npm start` again.",
  },
  board: "watchkeeper",
  panel: "watchkeeper/rule-failures",
  logs: "prometheus",
  inhibitedBy: { never: "a rule that fails may be the one that would tell" },
  tests: {
    fires: [
      {
        title: "one fails at every evaluation",
        input: [{ series: series(prometheusRuleEvaluationFailuresTotal, group), values: "0+1x80" }],
        at: "15m",
        labels: group,
        description: "Rules of slo have failed 20 times within 5m.",
      },
    ],
    quiet: [
      {
        title: "none has ever failed",
        input: [{ series: series(prometheusRuleEvaluationFailuresTotal, group), values: "0x80" }],
        at: "15m",
      },
      {
        title: "one failed once",
        input: [{ series: series(prometheusRuleEvaluationFailuresTotal, group), values: "0x10 1x70" }],
        at: "15m",
      },
    ],
  },
});
