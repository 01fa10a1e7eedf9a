import { expect, test } from "vitest";
import { PROJECT_ROOT } from "./paths.ts";
import { parseStackSettings } from "./settings.ts";

test("without settings the stack uses the default ports and the clone's own state folder", () => {
  expect(parseStackSettings({ PATH: "/usr/bin", HOME: "/somewhere" })).toEqual({
    portBase: 4700,
    stateRoot: `${PROJECT_ROOT}/.watchkeeper`,
    handedOn: {},
  });
});

test("settings of single processes are handed on as they are", () => {
  const { handedOn } = parseStackSettings({
    WATCHKEEPER_PAGER_SLACK_CHANNEL: "#ops",
    WATCHKEEPER_LOG_LEVEL: "debug",
  });
  expect(handedOn).toEqual({ WATCHKEEPER_PAGER_SLACK_CHANNEL: "#ops", WATCHKEEPER_LOG_LEVEL: "debug" });
});

test.each([
  [
    "WATCHKEEPER_PORT_BASE",
    "80",
    "Cannot use WATCHKEEPER_PORT_BASE as it must be a whole number from 1024 to 65436: current value is 80",
  ],
  ["WATCHKEEPER_PORT_BASE", "47oo", "current value is 47oo"],
  [
    "WATCHKEEPER_PORTBASE",
    "4700",
    "Cannot use WATCHKEEPER_PORTBASE as nothing reads it: known are WATCHKEEPER_PORT_BASE",
  ],
])("%s=%s is refused in one line", (name, value, message) => {
  expect(() => parseStackSettings({ [name]: value })).toThrow(message);
});
