import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pagerOwn } from "@watchkeeper/catalogue/pager-own";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { toolPath } from "@watchkeeper/testing/tools";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { alertLabels } from "./alert.ts";
import { loadAlerts } from "./load.ts";
import { renderAlertmanagerConfig } from "./render/alertmanager-config.ts";
import { receivers } from "./routing.ts";
import { sloRules } from "./slo/rules.ts";

const folder = mkdtempSync(join(tmpdir(), "watchkeeper-routing-"));
afterAll(() => rmSync(folder, { recursive: true }));

const alerts = await loadAlerts();
const configuration = renderAlertmanagerConfig(alerts);
const file = join(folder, "alertmanager.yml");
writeFileSync(file, configuration);

const amtool = (...args: string[]) => spawnSync(toolPath("amtool"), args, { encoding: "utf8" });

/** The receivers that alerts with these labels reach, as Alertmanager itself decides. */
const routeOf = (labels: Readonly<Record<string, string>>): string =>
  amtool(
    "config",
    "routes",
    "test",
    `--config.file=${file}`,
    ...Object.entries(labels).map(([k, v]) => `${k}=${v}`),
  ).stdout.trim();

test("amtool accepts Alertmanager's configuration", () => {
  const { status, stdout } = amtool("check-config", file);
  expect(stdout).toContain("SUCCESS");
  expect(status).toBe(0);
});

/** Who hears of what. Add a line for each route. */
test.each<[Readonly<Record<string, string>>, keyof typeof receivers]>([
  [{ alertname: "ServiceDown", severity: "page", service: "app", owner: "directory" }, "pager"],
  [{ alertname: "Watchdog", severity: "info", service: "prometheus", owner: "platform" }, "heartbeat"],
  [{ alertname: "PageFallback", severity: "page", service: "pager", orig_alertname: "X" }, "native-fallback"],
  [{ alertname: "DiskFillsUp", severity: "ticket", service: "node-exporter", owner: "platform" }, "pager"],
  [{ alertname: "SloBurnsFast", severity: "page", service: "app", slo: "DirectoryLogin" }, "pager"],
  [{ alertname: "SloBurnsSlowly", severity: "ticket", service: "pager", slo: "PagerDelivery" }, "pager"],
  [{ alertname: "SomebodyElsesAlert", severity: "critical" }, "pager"],
  [{ alertname: "AnAlertWithoutAnyLabel" }, "pager"],
])("%j reaches %s", (labels, receiver) => {
  expect(routeOf(labels)).toBe(receiver);
});

test("every alert of ours reaches a receiver that exists", () => {
  for (const alert of alerts) {
    expect(Object.keys(receivers)).toContain(routeOf({ alertname: alert.name, ...alertLabels(alert) }));
  }
});

test("fewer than twelve alerts wake somebody, those of the pager's own among them", () => {
  const ofPromises = sloRules(slos).flatMap((rule) =>
    "alert" in rule ? [{ name: rule.alert, severity: rule.labels.severity }] : [],
  );
  const ofPager = Object.entries<{ severity: string; inWorkingHours?: true }>(pagerOwn).flatMap(
    ([name, { severity, inWorkingHours }]) => (inWorkingHours ? [] : [{ name, severity }]),
  );
  const paging = new Set(
    [...alerts, ...ofPromises, ...ofPager].flatMap(({ name, severity }) =>
      severity === "page" ? [name] : [],
    ),
  );
  expect([...paging].sort()).toEqual([
    "DatabaseUnreachable",
    "HighErrorRate",
    "LoginFailuresSurge",
    "PageFallback",
    "PagerNobodyReached",
    "PagerRouteBroken",
    "PagerStorm",
    "PagerUnreadableAlert",
    "ServiceDown",
    "SloBurnsFast",
    "SloTrafficLost",
  ]);
  expect(paging.size).toBeLessThan(12);
});

test("a ticket of a promise waits for company longer than a page, and is said again once a day", () => {
  const { route } = parse(configuration);
  const ofSeverity = (severity: string) =>
    route.routes.find(({ matchers }: { matchers: string[] }) => matchers.includes(`severity="${severity}"`));
  expect(ofSeverity("page")).not.toHaveProperty("group_wait");
  expect(ofSeverity("ticket")).toMatchObject({ group_wait: "1m", repeat_interval: "1d" });
  const severities = sloRules(slos).flatMap((rule) => ("alert" in rule ? [rule.labels.severity] : []));
  // What is only worth knowing takes the default route, and the pager tells nobody.
  expect(new Set(severities)).toEqual(new Set(["page", "ticket", "info"]));
});

test("the heartbeat repeats sooner than its group is looked at, so that no beat is left out", () => {
  const { route } = parse(configuration);
  const heartbeat = route.routes.find(({ receiver }: { receiver: string }) => receiver === "heartbeat");
  expect(heartbeat).toMatchObject({ group_wait: "0s", group_interval: "1m", repeat_interval: "50s" });
});

test("every webhook is sent whole, with its end, and with the token of a file beside the configuration", () => {
  const all: { name: string; webhook_configs?: unknown }[] = parse(configuration).receivers;
  // All but the one that must need nothing of ours.
  for (const receiver of all.filter(({ name }) => name !== "native-fallback")) {
    expect(receiver.webhook_configs).toEqual([
      {
        url: "http://pager:4704/webhooks/alertmanager",
        send_resolved: true,
        max_alerts: 0,
        http_config: { authorization: { type: "Bearer", credentials_file: "pager-ingest-token" } },
      },
    ]);
  }
});
