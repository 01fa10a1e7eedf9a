import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./repository.ts";

const path = join(ROOT, "tools/bootstrap.mjs");

interface Bootstrap {
  refuseNode(version: string, engines: string): string | undefined;
}

test.each([
  ["18.20.4", "Cannot run on Node.js 18.20.4 as >=20.19 is needed: install a newer Node.js"],
  ["20.18.3", "Cannot run on Node.js 20.18.3 as >=20.19 is needed: install a newer Node.js"],
  ["20.19.0", undefined],
  ["22.0.0", undefined],
])("Node.js %s: %s", async (version, refusal) => {
  const { refuseNode }: Bootstrap = await import(path);
  const { engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect(refuseNode(version, engines.node)).toBe(refusal);
});

test("every command of package.json that goes through the bootstrap is one that it knows", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const unknown = spawnSync(process.execPath, [path, "frobnicate"], { encoding: "utf8" });
  expect(unknown).toMatchObject({ status: 1, stdout: "" });
  const known = unknown.stderr.split(": ")[1]?.trim().split(", ");
  const asked = Object.values(scripts).flatMap(
    (script) => /bootstrap\.mjs ([\w:]+)$/.exec(script)?.[1] ?? [],
  );
  expect(asked.sort()).toEqual(known?.sort());
});
