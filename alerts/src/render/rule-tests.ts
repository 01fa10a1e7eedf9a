import { ruleGroups } from "@watchkeeper/catalogue/names";
import { type Alert, alertLabels, type CaseBase, type InputSeries } from "../alert.ts";
import { secondsOf } from "../slo/timing.ts";
import { renderYaml } from "./document.ts";
import { SCRAPE_INTERVAL } from "./prometheus-config.ts";
import { annotations } from "./rules.ts";
import { lengthOf, oneAfterAnother } from "./worlds.ts";

const inputSeries = (input: readonly InputSeries[]) =>
  input.map(({ series, values }) => ({ series: series.text, values }));

/** A world in which the alert has fired and is over; an alert that is never quiet has none. */
function worldAfter({ tests }: Alert): CaseBase | undefined {
  if (tests.ends || "never" in tests.quiet) return tests.ends;
  const [before] = tests.fires;
  const after = tests.quiet.find(({ input }) => input.length > 0) ?? tests.quiet[0];
  const step = secondsOf(SCRAPE_INTERVAL);
  const length = Math.max(
    ...before.input.map(({ values }) => lengthOf(values)),
    Math.ceil(secondsOf(before.at) / step) + 1,
  );
  return {
    title: `${before.title}, and then ${after.title}`,
    input: oneAfterAnother(before.input, length, after.input),
    at: `${length * step + secondsOf(after.at)}s`,
  };
}

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
  const over = worldAfter(alert);
  const ends = over
    ? [
        {
          name: `${alert.name} ends: ${over.title}`,
          interval: SCRAPE_INTERVAL,
          input_series: inputSeries(over.input),
          alert_rule_test: [{ eval_time: over.at, alertname: alert.name, exp_alerts: [] }],
        },
      ]
    : [];
  return renderYaml(`alerts/src/symptoms/${alert.name}.ts`, {
    rule_files: ["../../rules/generated/recording.yml", "../../rules/generated/symptoms.yml"],
    evaluation_interval: SCRAPE_INTERVAL,
    group_eval_order: [ruleGroups.recording, ruleGroups.symptoms],
    tests: [...fires, ...quiet, ...ends],
  });
}
