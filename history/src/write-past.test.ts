import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toolPath } from "@watchkeeper/testing/tools";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runHistory } from "./run.ts";
import { type Progress, writePast } from "./write-past.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watchkeeper-history-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const HOURS = Array.from({ length: 200 }, (_, i) => 1_790_000_000 + i * 3_600);
const past = {
  times: HOURS,
  hourly: [{ name: "hourly", labels: { odd: 'a"b\\c\nd' }, values: Float64Array.from(HOURS, (_, i) => i) }],
  everything: [
    { name: "gap", labels: {}, values: Float64Array.from(HOURS, (_, i) => (i === 7 ? Number.NaN : i)) },
  ],
};
const target = (path = toolPath("promtool")) => ({
  promtool: { path },
  into: join(folder, "data"),
  workFolder: join(folder, "work"),
});

test("what rules need and the last hours come first, then the rest from the present back", async () => {
  const told: Progress[] = [];
  await writePast(past, target(), (progress) => told.push(progress));
  const first = told.findIndex(({ mayStart }) => mayStart);
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(4);
  expect(told.slice(first).every(({ mayStart }) => mayStart)).toBe(true);
  expect(told.at(-1)).toEqual({ done: told.length, of: told.length, mayStart: true });
  expect(readdirSync(join(folder, "data")).length).toBeGreaterThanOrEqual(told.length);
  expect(readdirSync(join(folder, "work"))).toEqual([]);
});

test("a promtool that cannot write says why", async () => {
  await expect(writePast(past, target("/bin/false"))).rejects.toThrow(
    "Cannot write the history as promtool made no blocks",
  );
  expect(readdirSync(join(folder, "work"))).toEqual([]);
});

test("a history that is to end leaves no text behind", async () => {
  const signal = AbortSignal.abort();
  await expect(writePast(past, { ...target(), signal })).rejects.toThrow("aborted");
  expect(readdirSync(join(folder, "work"))).toEqual([]);
});

test("a setting that is missing is named", async () => {
  const run = runHistory({}, 0, () => {}, new AbortController().signal);
  await expect(run).rejects.toThrow("WATCHKEEPER_HISTORY_INTO");
});
