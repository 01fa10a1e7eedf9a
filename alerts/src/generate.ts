import { slos } from "@watchkeeper/catalogue/slos/all";
import { loadAlerts, loadPagerOwnAlerts } from "./load.ts";
import { recordings } from "./recording.ts";
import { renderAlertmanagerConfig } from "./render/alertmanager-config.ts";
import { renderBlackboxConfig, renderPrometheusConfig } from "./render/prometheus-config.ts";
import { renderRuleTests } from "./render/rule-tests.ts";
import { renderAlertRules, renderRecordingRules } from "./render/rules.ts";
import { renderPagerOwnRunbook, renderRunbook, renderRunbookIndex } from "./render/runbook.ts";
import { renderPolicyTests } from "./slo/policy-worlds.ts";
import { renderSloRules } from "./slo/rules.ts";
import { renderSloRunbook } from "./slo/runbook.ts";
import { renderSharedTests } from "./slo/shared-worlds.ts";
import { renderSloTests } from "./slo/story.ts";

/** Everything that follows from the promises: rules, their tests and the pages that their alerts link to. */
const generatePromises = (): Readonly<Record<string, string>> => ({
  "prometheus/rules/generated/slo.yml": renderSloRules(slos),
  "prometheus/tests/generated/BudgetPolicy.yml": renderPolicyTests(),
  ...Object.fromEntries(
    Object.entries(renderSharedTests()).map(([name, text]) => [
      `prometheus/tests/generated/${name}.yml`,
      text,
    ]),
  ),
  ...Object.fromEntries(
    slos.flatMap((slo) => [
      [`prometheus/tests/generated/${slo.name}.yml`, renderSloTests(slo)],
      [`docs/runbooks/generated/${slo.name}.md`, renderSloRunbook(slo)],
    ]),
  ),
});

/** Everything that follows from the promises, the alerts and their routes: the files' texts by their paths in the repository. */
export async function generateAlerts(): Promise<Readonly<Record<string, string>>> {
  const alerts = await loadAlerts();
  const pagerOwn = await loadPagerOwnAlerts();
  const ofEach = alerts.flatMap((alert) => [
    [`prometheus/tests/generated/${alert.name}.yml`, renderRuleTests(alert)],
    [`docs/runbooks/generated/${alert.name}.md`, renderRunbook(alert)],
  ]);
  const ofEachPagerOwn = pagerOwn.map((alert) => [
    `docs/runbooks/generated/${alert.name}.md`,
    renderPagerOwnRunbook(alert),
  ]);
  return {
    "prometheus/rules/generated/recording.yml": renderRecordingRules(recordings),
    "prometheus/rules/generated/symptoms.yml": renderAlertRules(alerts),
    "prometheus/generated/prometheus.yml": renderPrometheusConfig(),
    "prometheus/generated/alertmanager.yml": renderAlertmanagerConfig(alerts),
    "prometheus/generated/blackbox.yml": renderBlackboxConfig(),
    "docs/runbooks/generated/README.md": renderRunbookIndex([...alerts, ...pagerOwn], slos),
    ...Object.fromEntries([...ofEach, ...ofEachPagerOwn]),
    ...generatePromises(),
  };
}
