import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { commandOf, memoryOfTrees, startMark } from "./proc.ts";

test("a process is told from another of the same number, and a gone one from both", async () => {
  const child = spawn("sleep", ["1000"]);
  const pid = child.pid ?? 0;
  expect(startMark(pid)).toMatch(/^[0-9a-f-]{36}\/\d+$/);
  expect(startMark(pid)).toBe(startMark(pid));
  expect(startMark(pid)).not.toBe(startMark(process.pid));
  expect(commandOf(pid)).toBe("sleep 1000");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(startMark(pid)).toBeUndefined();
});

/** Larger than anything that Node.js takes by itself, and not shared with other processes. */
const HELD_BYTES = 100e6;

test("the memory of processes adds up: what counts for a child does not count for its parent again", async () => {
  const holding = `const held = Buffer.alloc(${HELD_BYTES}, 1); console.log(held.length); setInterval(() => {}, 1e6)`;
  const child = spawn(process.execPath, ["-e", holding]);
  await once(child.stdout, "data");
  const pid = child.pid ?? 0;
  const together = memoryOfTrees([process.pid]).get(process.pid) ?? 0;
  const apart = memoryOfTrees([process.pid, pid]);
  expect(apart.get(pid)).toBeGreaterThan(HELD_BYTES);
  expect(together - (apart.get(process.pid) ?? 0)).toBeGreaterThan(HELD_BYTES / 2);
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
});
