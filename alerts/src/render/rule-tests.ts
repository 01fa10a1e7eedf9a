import { ruleGroups } from "@watchkeeper/catalogue/names";
import { type Alert, alertLabels, type InputSeries } from "../alert.ts";
import { renderYaml } from "./document.ts";
import { SCRAPE_INTERVAL } from "./prometheus-config.ts";
import { annotations } from "./rules.ts";

const inputSeries = (input: readonly InputSeries[]) =>
  input.map(({ series, values }) => ({ series: series.text, values }));

/** The promtool tests of one alert: each world of its definition, fed to all rules as Prometheus would evaluate them. */
export function renderRuleTests(alert: Alert): string {
  const fires = alert.tests.fires.map((world) => ({
    name: `${alert.name} fires: ${world.title}`,
    interval: SCRAPE_INTERVAL,
    input_series: inputSeries(world.input),
    alert_rule_test: [
      {
        eval_time: world.at,
        alertname: alert.name,
        exp_alerts: [
          {
            exp_labels: { ...alertLabels(alert), ...world.labels },
            exp_annotations: annotations(alert, world),
          },
        ],
      },
    ],
  }));
  const worlds = "never" in alert.tests.quiet ? [] : alert.tests.quiet;
  const quiet = worlds.map((world) => ({
    name: `${alert.name} stays quiet: ${world.title}`,
    interval: SCRAPE_INTERVAL,
    input_series: inputSeries(world.input),
    alert_rule_test: [{ eval_time: world.at, alertname: alert.name, exp_alerts: [] }],
  }));
  return renderYaml(`alerts/src/symptoms/${alert.name}.ts`, {
    rule_files: ["../../rules/generated/recording.yml", "../../rules/generated/symptoms.yml"],
    evaluation_interval: SCRAPE_INTERVAL,
    group_eval_order: [ruleGroups.recording, ruleGroups.symptoms],
    tests: [...fires, ...quiet],
  });
}
