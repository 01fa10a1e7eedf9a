import { readdirSync, readFileSync } from "node:fs";
import { services } from "@watchkeeper/catalogue/services";
import { teams } from "@watchkeeper/catalogue/teams";
import { expect, test } from "vitest";
import {
  nobodyReached,
  notReady,
  ownAlertNames,
  routeBroken,
  routeWorks,
  stormBlows,
  testPage,
  unreadableAlert,
} from "./own-alerts.ts";

const RUNBOOKS = new URL("../../../docs/runbooks/generated/", import.meta.url);
const pageOf = (name: string): string => readFileSync(new URL(`${name}.md`, RUNBOOKS), "utf8");

const consoleUrl = "https://console.example";
const raised = [
  unreadableAlert({ inboxId: "1", reason: "not JSON", consoleUrl }),
  routeBroken({ destination: "slack", reason: "Slack: invalid_auth", consoleUrl }),
  routeWorks({ destination: "slack", consoleUrl }),
  notReady({ team: "directory", problems: ["Nobody is on call"], consoleUrl }),
  testPage({ id: "1", person: "ada", by: "bob", consoleUrl }),
  nobodyReached({ number: 12, of: "ServiceDown", firing: true, consoleUrl }),
  stormBlows({ route: "team", folded: 3, names: { A: 3 }, priority: "P1", firing: true, consoleUrl }),
];

test("every alert that the pager raises has its runbook, and none is left of one that it does not raise", () => {
  const written = readdirSync(RUNBOOKS)
    .map((file) => file.replace(/\.md$/, ""))
    .filter((name) => pageOf(name).startsWith("<!-- Generated from alerts/src/pager-own/"));
  expect(written.sort()).toEqual([...ownAlertNames].sort());
  expect([...new Set(raised.map(({ labels }) => labels.alertname))].sort()).toEqual(written);
});

test.each(raised)("the links of $labels.alertname lead into the console that the pager was given", (fact) => {
  expect(fact.annotations).toMatchObject({
    runbook_url: `${consoleUrl}/runbooks/${fact.labels.alertname}`,
    dashboard_url: `${consoleUrl}/boards/on-call`,
    panel_url: expect.stringMatching(/^http.*\/boards\/[a-z-]+\?viewPanel=\d+$/),
    logs_url: `${consoleUrl}/logs/pager`,
  });
});

test.each(raised)(
  "the runbook of $labels.alertname says of its severity, service and owner what is sent",
  (fact) => {
    const { service, owner, alertname = "" } = fact.labels;
    const title = services[service as keyof typeof services].title;
    const team = teams[owner as keyof typeof teams].title;
    expect(pageOf(alertname)).toContain(`| ${fact.severity} | ${title} | ${team} |`);
  },
);
