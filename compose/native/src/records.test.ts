import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startMark } from "./proc.ts";
import { endProcesses, findProcess, findProcesses, forgetProcess, recordProcess } from "./records.ts";

let folder: string;
let child: ChildProcess;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "watchkeeper-records-"));
  child = spawn(
    process.execPath,
    ["-e", "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1e6)"],
    {
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  await once(child.stdout as NodeJS.ReadableStream, "data");
});

afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  rmSync(folder, { recursive: true });
});

const pidOf = (process: ChildProcess): number => process.pid ?? 0;

test("a recorded process is found again until it is forgotten", () => {
  recordProcess(folder, "app", pidOf(child));
  expect(findProcess(folder, "app")?.pid).toBe(child.pid);
  expect(findProcesses(folder).map(({ name }) => name)).toEqual(["app"]);
  forgetProcess(folder, "app");
  expect(findProcesses(folder)).toEqual([]);
});

test("a stranger who got the number of a process that ended is neither found nor ended", async () => {
  recordProcess(folder, "app", pidOf(child));
  const file = join(folder, "processes", "app.json");
  const record = JSON.parse(readFileSync(file, "utf8"));
  const ofAnother = { ...record, startMark: `${record.startMark}0` };
  writeFileSync(file, JSON.stringify(ofAnother));
  expect(findProcess(folder, "app")).toBeUndefined();
  await endProcesses([ofAnother], () => "SIGKILL", 100);
  expect(startMark(pidOf(child))).toBe(record.startMark);
});

test("a process that does not heed its signal is killed when its time is up", async () => {
  recordProcess(folder, "app", pidOf(child));
  const exited = once(child, "exit");
  await endProcesses(findProcesses(folder), () => "SIGTERM", 200);
  expect(await exited).toEqual([null, "SIGKILL"]);
});

test("a damaged record is no process", () => {
  mkdirSync(join(folder, "processes"));
  writeFileSync(join(folder, "processes", "app.json"), "{");
  expect(findProcesses(folder)).toEqual([]);
});
