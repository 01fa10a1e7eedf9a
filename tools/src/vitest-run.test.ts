import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./repository.ts";
import { addTallies, renderTally, runVitest, tallyOf } from "./vitest-run.ts";

/** Runs vitest on one file of this text, in a project of its own. */
async function tallyOfRun(text: string | undefined) {
  const root = mkdtempSync(join(tmpdir(), "watchkeeper-test-run-"));
  try {
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
    mkdirSync(join(root, "src"));
    writeFileSync(join(root, "package.json"), '{"type":"module"}');
    writeFileSync(
      join(root, "vitest.config.ts"),
      'export default { test: { pool: "forks", projects: [{ test: { name: "unit", include: ["src/*.test.ts"] } }] } };',
    );
    if (text !== undefined)
      writeFileSync(join(root, "src/a.test.ts"), `import { test, expect } from "vitest";\n${text}`);
    return renderTally(await runVitest(root, "unit", "ignore"));
  } finally {
    rmSync(root, { recursive: true });
  }
}

test.each([
  [
    "every end of a test",
    'test("a", () => {}); test("b", () => expect(1).toBe(2)); test.skip("c", () => {});',
    "1 passed, 1 failed, 1 skipped",
  ],
  ["a file that cannot be loaded", 'import "./gone.ts"; test("a", () => {});', "0 passed, 1 failed"],
  [
    "an error outside of any test",
    'test("a", () => void setTimeout(() => { throw new Error("late"); }));\ntest("b", () => new Promise((end) => setTimeout(end, 50)));',
    "2 passed, 1 failed",
  ],
  ["a process that dies", 'test("a", () => process.kill(process.ppid, "SIGKILL"));', "0 passed, 1 failed"],
  ["a project without tests", undefined, "0 passed, 1 failed"],
])("%s is counted", async (_, text, tally) => {
  expect(await tallyOfRun(text)).toBe(tally);
});

test("a report that says all is well does not hide a failed run", () => {
  const report = { testResults: [{ name: "a", status: "passed", assertionResults: [{ status: "passed" }] }] };
  expect(tallyOf(report, 0)).toEqual({ passed: 1, failed: 0, skipped: 0 });
  expect(tallyOf(report, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  expect(tallyOf(undefined, null)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test("the last line adds all up and names skipped tests only where there are any", () => {
  expect(
    renderTally(
      addTallies([
        { passed: 2, failed: 0, skipped: 0 },
        { passed: 1, failed: 1, skipped: 0 },
      ]),
    ),
  ).toBe("3 passed, 1 failed");
  expect(renderTally({ passed: 0, failed: 0, skipped: 1 })).toBe("0 passed, 0 failed, 1 skipped");
});
