import { promql } from "@watchkeeper/catalogue/promql";
import { expect, test } from "vitest";
import { type Alert, defineAlert, definePagerOwnAlert } from "./alert.ts";
import { pagerRouteBroken } from "./pager-own/PagerRouteBroken.ts";
import { rulesFail } from "./symptoms/RulesFail.ts";
import { serviceDown } from "./symptoms/ServiceDown.ts";
import { watchdog } from "./symptoms/Watchdog.ts";

const world = { title: "always", input: [], at: "1m", labels: {}, description: "It is." } as const;

test.each<[string, Partial<Alert>, string]>([
  ["a name in snake_case", { name: "service_down" }, "its name must be PascalCase letters"],
  ["a name that carries a number", { name: "Latency95" }, "its name must be PascalCase letters"],
  ["a summary without its full stop", { summary: "It is" }, "its summary must be one constant sentence"],
  ["a summary with a value in it", { summary: "{{ $value }} fail." }, "its summary must be one constant"],
  [
    "a description without its full stop",
    { description: "It is" },
    "its description must end in a full stop",
  ],
  [
    "a case that repeats a label of the definition",
    { tests: { fires: [{ ...world, labels: { severity: "page" } }], quiet: [world] } },
    'case "always" repeats severity, which the definition sets',
  ],
  [
    "an inhibition by an alert of another service",
    { inhibitedBy: { alerts: [serviceDown], because: "it is down" } },
    "ServiceDown, which inhibits it, is of service app, not prometheus",
  ],
  [
    "a page that a ticket would silence",
    { severity: "page", inhibitedBy: { alerts: [rulesFail], because: "rules fail" } },
    "RulesFail, which inhibits it, is only a ticket: nobody would hear of the page",
  ],
])("%s is refused", (_, change, reason) => {
  const alert = { ...watchdog, ...change };
  expect(() => defineAlert(alert)).toThrow(`Cannot define alert "${alert.name}" as ${reason}`);
});

test("an alert of the pager's own keeps the same laws for what its page shows", () => {
  const misnamed = { ...pagerRouteBroken, name: "Pager2" };
  expect(() => definePagerOwnAlert(misnamed)).toThrow("its name must be PascalCase letters");
  const unfinished = { ...pagerRouteBroken, summary: "It is" };
  expect(() => definePagerOwnAlert(unfinished)).toThrow("its summary must be one constant sentence");
});

test("an alert without links or a word on what inhibits it does not compile", () => {
  const { panel: _, ...noPanel } = watchdog;
  const { logs: __, ...noLogs } = watchdog;
  const { inhibitedBy: ___, ...noInhibition } = watchdog;
  // @ts-expect-error no panel that shows what it judges
  const withoutPanel: Alert = noPanel;
  // @ts-expect-error no log to read
  const withoutLogs: Alert = noLogs;
  // @ts-expect-error nothing that inhibits it, and no reason why
  const withoutInhibition: Alert = noInhibition;
  // @ts-expect-error a log of nobody
  const logOfNobody: Alert["logs"] = "nobody";
  // @ts-expect-error no reason why
  const noReason: Alert["inhibitedBy"] = { alerts: [serviceDown] };
  expect([withoutPanel, withoutLogs, withoutInhibition, logOfNobody, noReason]).toHaveLength(5);
});

test("an alert without tests for both silence and noise does not compile", () => {
  // @ts-expect-error no world in which it fires
  const neverFires: Alert["tests"] = { fires: [], quiet: [world] };
  // @ts-expect-error no world in which it stays quiet, and no reason why
  const neverQuiet: Alert["tests"] = { fires: [world], quiet: [] };
  // @ts-expect-error a runbook without a first query
  const noQuery: Alert["runbook"] = {
    meaning: "",
    impact: "",
    diagnosis: [""],
    mitigation: [""],
    rollback: "",
  };
  // @ts-expect-error PromQL as a plain string
  const untyped: Alert["expr"] = "up == 0";
  expect([neverFires, neverQuiet, noQuery, untyped, promql`up`]).toHaveLength(5);
});
