import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MaintenanceWindow } from "@watchkeeper/catalogue/maintenance";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { startAlertmanager } from "@watchkeeper/testing/alertmanager";
import { until } from "@watchkeeper/testing/poll";
import { toolPath } from "@watchkeeper/testing/tools";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { renderAlertmanagerConfig } from "./alertmanager-config.ts";
import { mutedServices, renderTimeIntervals } from "./mute-intervals.ts";

const folder = mkdtempSync(join(tmpdir(), "watchkeeper-mute-"));
afterAll(() => rmSync(folder, { recursive: true }));

const because = "The database is moved.";
const windows: readonly MaintenanceWindow[] = [
  { because, slos: ["DirectoryLogin"], when: { the: 1, every: "Sunday", at: "02:00", minutes: 120 } },
  { because, slos: "all", when: { every: "Sunday", at: "23:30", minutes: 60 } },
  {
    because,
    slos: ["PagerDelivery"],
    when: { from: "2026-12-31T22:00:30Z", to: "2027-01-01T01:00:00Z" },
  },
];

test("windows are told as Alertmanager tells time: a day each, and the first Sunday by its date", () => {
  const part = (start_time: string, end_time: string) => ({ times: [{ start_time, end_time }] });
  expect(renderTimeIntervals(windows)).toEqual([
    {
      name: "maintenance-1",
      time_intervals: [{ ...part("02:00", "04:00"), weekdays: ["sunday"], days_of_month: ["1:7"] }],
    },
    {
      name: "maintenance-2",
      time_intervals: [
        { ...part("23:30", "24:00"), weekdays: ["sunday"] },
        { ...part("00:00", "00:30"), weekdays: ["monday"] },
      ],
    },
    {
      name: "maintenance-3",
      time_intervals: [
        { ...part("22:00", "24:00"), days_of_month: ["31"], months: ["12"], years: ["2026"] },
        { ...part("00:00", "01:00"), days_of_month: ["1"], months: ["1"], years: ["2027"] },
      ],
    },
  ]);
});

test("a service waits in the windows of its promises and in no other", () => {
  expect([...mutedServices(windows, slos)]).toEqual([
    ["app", ["maintenance-1", "maintenance-2"]],
    ["pager", ["maintenance-2", "maintenance-3"]],
  ]);
  expect(mutedServices([], slos).size).toBe(0);
});

test("amtool accepts them, and a configuration without windows has none", () => {
  const file = join(folder, "check.yml");
  writeFileSync(file, renderAlertmanagerConfig([], windows));
  const { status, stdout, stderr } = spawnSync(toolPath("amtool"), ["check-config", file], {
    encoding: "utf8",
  });
  expect(stdout + stderr).toContain("SUCCESS");
  expect(status).toBe(0);
  expect(renderAlertmanagerConfig([], [])).not.toContain("time_intervals");
});

test("a real Alertmanager lets tickets of the service wait, and neither its pages nor the tickets of others", async () => {
  const told: string[] = [];
  const receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const { alerts } = JSON.parse(body) as { alerts: { labels: { alertname: string } }[] };
      told.push(...alerts.map(({ labels }) => labels.alertname));
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  const hour = 3_600_000;
  const instant = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  const now: MaintenanceWindow = {
    because,
    slos: ["DirectoryLogin"],
    when: { from: instant(Date.now() - hour), to: instant(Date.now() + hour) },
  };
  const config = parse(renderAlertmanagerConfig([], [now]));
  for (const { webhook_configs = [] } of config.receivers) {
    for (const webhook of webhook_configs) {
      webhook.url = url;
      delete webhook.http_config;
    }
  }
  for (const route of [config.route, ...config.route.routes]) route.group_wait = "0s";
  let said = "";
  const alertmanager = await startAlertmanager(JSON.stringify(config), (text) => {
    said += text;
  });
  try {
    const alert = (alertname: string, severity: string, service: string) => ({
      labels: { alertname, severity, service },
    });
    await fetch(`${alertmanager.url}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([
        alert("Planned", "ticket", "app"),
        alert("Serious", "page", "app"),
        alert("Elsewhere", "ticket", "pager"),
      ]),
    });
    await until("others to be told", () => (told.length >= 2 ? true : undefined), 20_000);
    // That it was looked at and muted is said, so that its silence is not just its turn not having come.
    await until(
      "the ticket to be muted",
      () => (said.includes("route is within mute time") ? true : undefined),
      20_000,
    );
    expect([...told].sort()).toEqual(["Elsewhere", "Serious"]);
  } finally {
    await alertmanager.close();
    receiver.closeAllConnections();
    receiver.close();
  }
}, 90_000);
