import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseOnCallFile } from "./parse.ts";

const guide = readFileSync(new URL("../../../../docs/guide/on-call.md", import.meta.url), "utf8");
const examples = [...guide.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = ""]) => text);

test("the examples of the guide are together one file that is right, and use every setting there is", () => {
  const file = parseOnCallFile(examples.join(""), "docs/guide/on-call.md");
  expect(Object.keys(file)).toEqual(["teams", "people", "schedules", "policies", "routes", "catchAll"]);
  expect(file.policies.directory?.acknowledgementLasts).toBe(3_600_000);
  for (const setting of [
    "ends",
    "windows",
    "overrides",
    "swaps",
    "mayHaveGaps",
    "repeat",
    "next",
    "labels",
  ]) {
    expect(examples.join("")).toContain(`${setting}:`);
  }
});

test("the mistake that the guide shows is what the pager says", () => {
  const shown = /^Cannot use pager\/on-call\.yaml:(\d+) as (.*)$/m.exec(guide);
  const demo = readFileSync(new URL("../../../on-call.yaml", import.meta.url), "utf8");
  const wrong = demo.replace("team: directory\n    zone: Europe/Berlin", "team: directory\n    zone: Berlin");
  expect(() => parseOnCallFile(wrong, "pager/on-call.yaml")).toThrow(
    shown?.[0] ?? "the guide shows no mistake",
  );
});
