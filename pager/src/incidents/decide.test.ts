import { expect, test } from "vitest";
import { decideIncident, type Firing, type OpenIncident } from "./decide.ts";

const words = {
  summary: "down",
  description: "1 of 2",
  runbookUrl: null,
  dashboardUrl: null,
  panelUrl: null,
  logsUrl: null,
};
const firing = (changes: Partial<Firing> = {}): Firing => ({
  severity: "ticket",
  priority: "P2",
  count: 1,
  startedAt: new Date(0),
  labels: {},
  words,
  ...changes,
});
const open = (changes: Partial<OpenIncident> = {}): OpenIncident => ({
  id: "1",
  severity: "ticket",
  priority: "P2",
  firing: 1,
  words,
  ...changes,
});

test.each([
  ["nothing open, nothing fires", undefined, undefined, "none", "nothing-fires"],
  ["the first alert opens", undefined, firing(), "open", "first-alert-fires"],
  ["the same again changes nothing", open(), firing(), "none", "nothing-changed"],
  ["another alert is a change", open(), firing({ count: 2 }), "change", "alerts-changed"],
  [
    "new words are a change",
    open(),
    firing({ words: { ...words, description: "2 of 2" } }),
    "change",
    "words-changed",
  ],
  [
    "a page among tickets raises",
    open(),
    firing({ severity: "page", priority: "P1", count: 2 }),
    "change",
    "severity-raised",
  ],
  ["the last alert's end resolves", open(), undefined, "resolve", "all-alerts-resolved"],
] as const)("%s", (_title, incident, now, action, reason) => {
  expect(decideIncident(incident, now)).toMatchObject({ action, reason });
});

test("an incident keeps the severity that people were woken for", () => {
  const decision = decideIncident(open({ severity: "page", priority: "P1", firing: 2 }), firing());
  expect(decision).toMatchObject({ action: "change", reason: "alerts-changed", severity: "page" });
});
