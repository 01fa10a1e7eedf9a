import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readLimits } from "./cgroup.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cgroup-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function limitsWith(files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${text}\n`);
  }
  return readLimits({ proc: join(folder, "proc"), cgroup: join(folder, "cgroup") });
}

const machine = { cores: availableParallelism(), memoryBytes: totalmem() };

test("without a limit it is what the machine has", () => {
  expect(limitsWith({})).toEqual(machine);
  expect(
    limitsWith({ "proc/self/cgroup": "0::/", "cgroup/cpu.max": "max 100000", "cgroup/memory.max": "max" }),
  ).toEqual(machine);
});

test("version 2: the narrowest group on the way up counts", () => {
  expect(
    limitsWith({
      "proc/self/cgroup": "0::/slice/app",
      "cgroup/slice/cpu.max": "50000 100000",
      "cgroup/slice/app/cpu.max": "max 100000",
      "cgroup/slice/memory.max": "max",
      "cgroup/slice/app/memory.max": "268435456",
    }),
  ).toEqual({ cores: 0.5, memoryBytes: 268_435_456 });
});

test("version 1: processor and memory have hierarchies of their own", () => {
  expect(
    limitsWith({
      "proc/self/cgroup": "4:memory:/docker/abc\n2:cpu,cpuacct:/docker/abc",
      "cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "25000",
      "cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000",
      "cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1",
      "cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000",
      "cgroup/memory/docker/abc/memory.limit_in_bytes": "134217728",
      "cgroup/memory/memory.limit_in_bytes": "9223372036854771712",
    }),
  ).toEqual({ cores: 0.25, memoryBytes: 134_217_728 });
});

test("version 1 in a container, where the host's path cannot be seen", () => {
  expect(
    limitsWith({
      "proc/self/cgroup": "4:memory:/kubepods/pod1\n2:cpu,cpuacct:/kubepods/pod1",
      "cgroup/memory/memory.limit_in_bytes": "67108864",
    }).memoryBytes,
  ).toBe(67_108_864);
});
