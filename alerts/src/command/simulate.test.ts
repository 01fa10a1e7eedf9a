import { expect, test } from "vitest";
import { contenders } from "../simulation/simulate.ts";
import { runCommand } from "./run.ts";

async function runSimulation(...args: readonly string[]) {
  const lines: string[] = [];
  const complaints: string[] = [];
  const code = await runCommand(
    ["simulate", ...args],
    {},
    (line) => lines.push(line),
    (line) => complaints.push(line),
  );
  return { code, output: lines.join("\n"), complaint: complaints.join("\n") };
}

test("shows how soon each set of rules would page for a promise, and says when its own would only make tickets", async () => {
  const { code, output } = await runSimulation("--slo", "DirectoryCache", "--runs", "1", "--months", "1");
  expect(code).toBe(0);
  expect(output).toContain("DirectoryCache: 70% over 30 days, 10 requests/s on 2 instances");
  expect(output).toContain("it only makes tickets");
  for (const name of contenders) expect(output).toContain(name);
  // A burn rate of ten would be three times everything.
  expect(output).not.toContain("burn rate 10)");
  expect(output).toMatch(/60% fails \(burn rate 2\), ticket +\d/);
});

test.each([
  [["--rps", "many"], "Cannot use --rps as it must be from 0.0001 to 100000: current value is many"],
  [["--slo", "DirectoryUptime"], "as it counts looks at a gauge: choose one that counts events"],
  [["--slo", "Nothing"], 'Cannot find SLO "Nothing" as there is no such promise'],
])("refuses %j", async (args, reason) => {
  const { code, complaint } = await runSimulation(...args);
  expect(code).toBe(1);
  expect(complaint).toContain(reason);
});
