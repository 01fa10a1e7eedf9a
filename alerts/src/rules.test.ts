import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { up } from "@watchkeeper/catalogue/external";
import { appDependencyUp } from "@watchkeeper/catalogue/metrics/dependency";
import { httpRequestsTotal } from "@watchkeeper/catalogue/metrics/http";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { toolPath } from "@watchkeeper/testing/tools";
import { afterAll, expect, test } from "vitest";
import { stringify } from "yaml";
import type { Alert } from "./alert.ts";
import { generateAlerts } from "./generate.ts";
import { loadAlerts, loadPagerOwnAlerts } from "./load.ts";
import { errorRatio, recordings } from "./recording.ts";
import { renderRuleTests } from "./render/rule-tests.ts";
import { annotations, renderAlertRules, renderRecordingRules } from "./render/rules.ts";
import { databaseUnreachable } from "./symptoms/DatabaseUnreachable.ts";
import { highErrorRate } from "./symptoms/HighErrorRate.ts";
import { serviceDown } from "./symptoms/ServiceDown.ts";

const folder = mkdtempSync(join(tmpdir(), "watchkeeper-rules-"));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (root: string, files: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
};

/** What promtool says, and 0 when it is content. */
function promtool(cwd: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(toolPath("promtool"), args, { cwd, encoding: "utf8" });
  return { status, output: `${stdout}${stderr}` };
}

const files = await generateAlerts();
const alerts = await loadAlerts();
write(folder, files);

test("promtool accepts the recording rules, the alert rules and the rules of promises", () => {
  const rules = Object.keys(files).filter((path) => path.startsWith("prometheus/rules/"));
  expect(rules).toHaveLength(3);
  expect(promtool(folder, "check", "rules", ...rules)).toMatchObject({ status: 0 });
});

test("promtool accepts Prometheus' configuration with the rules beside it", () => {
  write(join(folder, "run"), {
    "prometheus.yml": files["prometheus/generated/prometheus.yml"] ?? "",
    "rules/recording.yml": files["prometheus/rules/generated/recording.yml"] ?? "",
    "rules/symptoms.yml": files["prometheus/rules/generated/symptoms.yml"] ?? "",
    "rules/slo.yml": files["prometheus/rules/generated/slo.yml"] ?? "",
  });
  const { status, output } = promtool(join(folder, "run"), "check", "config", "prometheus.yml");
  expect(output).toContain("3 rule files found");
  expect(status).toBe(0);
});

/** Rules of alerts do not touch each other, but for one that reads what others raise: that one needs them all. */
const readsOthers = ({ expr }: Alert): boolean => expr.text.includes("ALERTS");

test.each(alerts.map((alert) => [alert.name, alert] as const))(
  "%s fires and stays quiet in the worlds of its definition",
  (name, alert) => {
    const path = `prometheus/tests/generated/${name}.yml`;
    const root = mkdtempSync(join(folder, "alone-"));
    write(root, {
      "prometheus/rules/generated/recording.yml": files["prometheus/rules/generated/recording.yml"] ?? "",
      "prometheus/rules/generated/symptoms.yml": renderAlertRules(readsOthers(alert) ? alerts : [alert]),
      [path]: files[path] ?? "",
    });
    const { status, output } = promtool(root, "test", "rules", path);
    expect(output).toContain("SUCCESS");
    expect(status).toBe(0);
  },
);

test("of every alert it is tested that it ends, but of the one that never does", () => {
  const endless = alerts.filter(
    ({ name }) => !files[`prometheus/tests/generated/${name}.yml`]?.includes(`name: "${name} ends: `),
  );
  expect(endless.map(({ name }) => name)).toEqual(["Watchdog"]);
});

const ratio = series(errorRatio, { job: "app" });
const isUp = series(up, { job: "app" });
const reaches = series(appDependencyUp, { job: "app", dependency: "postgres" });

/** Mistakes that read well and that promtool's syntax check lets pass. */
const mistakes: readonly (readonly [string, Alert, Partial<Alert>])[] = [
  ["an expression that never holds", serviceDown, { expr: promql`vector(1) == 0` }],
  ["an expression that always holds", serviceDown, { expr: promql`vector(1)` }],
  ["a description that is not what people would read", serviceDown, { description: "Something is wrong." }],
  ["one instance that counts as all", serviceDown, { expr: promql`${isUp} == 0` }],
  ["a target that may vanish", serviceDown, { expr: promql`max by (job) (${isUp}) == 0` }],
  ["no patience", serviceDown, { for: "0s" }],
  ["a ratio without traffic", highErrorRate, { expr: promql`${ratio} > 0.05` }],
  ["a ratio that is too small", highErrorRate, { expr: promql`${ratio} > 0.0005` }],
  ["a count of errors", highErrorRate, { expr: promql`rate(${series(httpRequestsTotal)}[5m]) > 0.05` }],
  ["any instance", databaseUnreachable, { expr: promql`min by (job) (${reaches}) == 0` }],
  ["a silent directory", databaseUnreachable, { expr: promql`max by (job) (${reaches}) == 0` }],
  [
    "a page for a directory that is down",
    databaseUnreachable,
    { expr: promql`max by (job) (${reaches}) == 0 or max by (job) (absent(${reaches}))` },
  ],
];

test.each(mistakes.map(([mistake, alert, change]) => [mistake, alert.name, alert, change] as const))(
  "%s does not pass the worlds of %s",
  (_, __, alert, change) => {
    const root = mkdtempSync(join(folder, "broken-"));
    const path = `prometheus/tests/generated/${alert.name}.yml`;
    write(root, {
      "prometheus/rules/generated/recording.yml": renderRecordingRules(recordings),
      "prometheus/rules/generated/symptoms.yml": renderAlertRules([{ ...alert, ...change }]),
      [path]: renderRuleTests(alert),
    });
    const { status, output } = promtool(root, "test", "rules", path);
    expect(output).toContain("FAILED");
    expect(status).toBe(1);
  },
);

test("the error ratio of a service that has never failed is 0, not a gap", () => {
  const requests = series(httpRequestsTotal, {
    job: "app",
    instance: "a",
    method: "GET",
    route: "/",
    status: "200",
  });
  write(folder, {
    "ratio.yml": stringify({
      rule_files: ["prometheus/rules/generated/recording.yml"],
      tests: [
        {
          interval: "15s",
          input_series: [{ series: requests.text, values: "0+15x40" }],
          promql_expr_test: [
            {
              expr: errorRatio.name,
              eval_time: "8m",
              exp_samples: [{ labels: `${errorRatio.name}{job="app"}`, value: 0 }],
            },
          ],
        },
      ],
    }),
  });
  expect(promtool(folder, "test", "rules", "ratio.yml").output).toContain("SUCCESS");
});

test("every alert says where its runbook, its board, its panel and its log are", () => {
  for (const alert of alerts) {
    const { name, board, panel, logs } = alert;
    const log = typeof logs === "string" ? logs : "{{ $labels.job }}";
    const said = annotations(alert);
    expect(said).toMatchObject({
      runbook_url: `http://localhost:4700/runbooks/${name}`,
      dashboard_url: `http://localhost:4700/boards/${board}`,
      logs_url: `http://localhost:4700/logs/${log}`,
    });
    expect(said.panel_url).toMatch(
      new RegExp(`^http://localhost:4700/boards/${panel.split("/")[0]}\\?viewPanel=\\d+$`),
    );
    expect(files["prometheus/rules/generated/symptoms.yml"]).toContain(`${said.panel_url}\n`);
    const page = files[`docs/runbooks/generated/${name}.md`];
    expect(page).toContain(`](${said.dashboard_url})`);
    expect(page).toContain(`](${said.panel_url})`);
    expect(page).toContain("## When it fires");
    expect(files["docs/runbooks/generated/README.md"]).toContain(`(${name}.md)`);
  }
});

test("an alert of the pager's own has a page in the list of all, and no rule", async () => {
  const own = await loadPagerOwnAlerts();
  expect(own.length).toBeGreaterThan(0);
  for (const { name, runbook, raised } of own) {
    const page = files[`docs/runbooks/generated/${name}.md`];
    expect(page).toContain(`# ${name}\n`);
    expect(page).toContain(runbook.firstQuery.text);
    expect(page).toContain(`## When it is raised\n\n${raised}\n`);
    expect(files["docs/runbooks/generated/README.md"]).toContain(`(${name}.md)`);
    expect(files["prometheus/rules/generated/symptoms.yml"]).not.toContain(name);
  }
});
