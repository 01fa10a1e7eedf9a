import { expect, test } from "vitest";
import { runCommand } from "./run.ts";

async function run(...args: readonly string[]) {
  const lines: string[] = [];
  const complaints: string[] = [];
  const code = await runCommand(
    args,
    {},
    (line) => lines.push(line),
    (line) => complaints.push(line),
  );
  return { code, output: lines.join("\n"), complaint: complaints.join("\n") };
}

test("a promise is given out", async () => {
  const { code, output } = await run("export", "--slo", "DirectoryLogin");
  expect(code).toBe(0);
  expect(output).toMatch(/^apiVersion: openslo\/v1\nkind: SLO\n/);
});

test.each<[readonly string[], string]>([
  [["import"], "Cannot run slo import: it takes the name of one file"],
  [["import", "none.yml"], 'Cannot import "none.yml" as it cannot be read: ENOENT'],
  [["export", "--slo", "Nobody"], 'Cannot find the promise "Nobody" as --slo must be one of'],
  [["backfill"], "Cannot run slo backfill: --into must name the folder that blocks are written to"],
  [
    ["backfill", "--into", "x", "--days", "0"],
    "Cannot use --days as it must be from 0.01 to 400: current value is 0",
  ],
  [
    ["backtest", "--preset", "loud"],
    "Cannot use --preset as it must be one of strict, balanced: current value is loud",
  ],
  [
    ["backtest", "--incidents", "none.yml"],
    'Cannot read incidents from "none.yml" as it cannot be read: ENOENT',
  ],
  [
    ["backtest", "--prometheus", "http://127.0.0.1:1"],
    "Cannot ask Prometheus at http://127.0.0.1:1/ as it does not answer",
  ],
])("%j is refused in one sentence", async (args, sentence) => {
  const { code, output, complaint } = await run(...args);
  expect(code).toBe(1);
  expect(output).toBe("");
  expect(complaint).toContain(sentence);
  expect(complaint).not.toContain("\n");
});
