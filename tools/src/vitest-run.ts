import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How many tests ended how. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What vitest's JSON report says, as far as it is counted. */
export interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** `12 passed, 0 failed`, and what was skipped when anything was. */
export const renderTally = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;

export const addTallies = (tallies: readonly Tally[]): Tally =>
  tallies.reduce(
    (sum, tally) => ({
      passed: sum.passed + tally.passed,
      failed: sum.failed + tally.failed,
      skipped: sum.skipped + tally.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );

/**
 * Counts the tests of a run. A file that failed without a failing test (it could not be loaded, a hook of it broke),
 * a run that failed without a failing file, and a run without tests count as one failure each: nothing that went
 * wrong may read `0 failed`.
 *
 * @param report undefined when the run wrote none
 */
export function tallyOf(report: VitestReport | undefined, exitCode: number | null): Tally {
  const files = report?.testResults ?? [];
  const statuses = files.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const counted = (status: string): number => statuses.filter((other) => other === status).length;
  const brokenFiles = files.filter(
    (file) => file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
  ).length;
  const passed = counted("passed");
  const failed = counted("failed") + brokenFiles;
  const unexplained = failed === 0 && (exitCode !== 0 || passed === 0) ? 1 : 0;
  return { passed, failed: failed + unexplained, skipped: statuses.length - passed - counted("failed") };
}

function readReport(file: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as VitestReport;
  } catch {
    return undefined;
  }
}

/** Runs the tests of one vitest project. @param output "inherit" shows them as they end */
export async function runVitest(
  root: string,
  project: string,
  output: "inherit" | "ignore" = "inherit",
): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), "watchkeeper-test-"));
  const file = join(folder, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      const args = ["node_modules/vitest/vitest.mjs", "run", "--project", project, ...reporters];
      // What vitest, the browser and the tests leave in the temporary folder goes with ours.
      const env = { ...process.env, TMPDIR: folder };
      const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", output, output] });
      child.on("error", reject);
      child.on("close", resolve);
    });
    return tallyOf(readReport(file), exitCode);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
