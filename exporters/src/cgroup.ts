import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { dirname, join } from "node:path";

/** What the process may use. */
export interface Limits {
  readonly cores: number;
  readonly memoryBytes: number;
}

/** Where Linux shows them; tests have a folder of their own. */
export interface Roots {
  readonly proc: string;
  readonly cgroup: string;
}

const SYSTEM: Roots = { proc: "/proc", cgroup: "/sys/fs/cgroup" };

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}

const numberOf = (text: string | undefined): number => (text === undefined ? Number.NaN : Number(text));

/** A group and those around it: each may set a limit. */
function upwards(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [path] : [path, ...upwards(above)];
}

/** The path of the process in a hierarchy: `""` names the one of version 2. */
function groupOf(memberships: string, controller: string): string | undefined {
  for (const line of memberships.split("\n")) {
    const [, controllers = "", path] = line.split(":");
    if (path !== undefined && controllers.split(",").includes(controller)) return path;
  }
  return undefined;
}

/** The smallest limit on the way up; in a container the path is that of the host, and its root is what can be seen. */
function smallest(folder: string, group: string, limitIn: (folder: string) => number): number {
  const limits = upwards(group).map((path) => limitIn(join(folder, path)));
  return Math.min(...limits.filter((limit) => limit > 0), Number.POSITIVE_INFINITY);
}

function coresV2(folder: string): number {
  const [quota, period] = (read(join(folder, "cpu.max")) ?? "").split(" ").map(Number);
  return (quota ?? Number.NaN) / (period ?? Number.NaN);
}

const coresV1 = (folder: string): number =>
  numberOf(read(join(folder, "cpu.cfs_quota_us"))) / numberOf(read(join(folder, "cpu.cfs_period_us")));

/** The limits of the process's control group, version 2 or 1, or else the machine's. */
export function readLimits({ proc, cgroup }: Roots = SYSTEM): Limits {
  const memberships = read(join(proc, "self/cgroup")) ?? "";
  const unified = groupOf(memberships, "") ?? "/";
  const cpu = groupOf(memberships, "cpu") ?? "/";
  const memory = groupOf(memberships, "memory") ?? "/";
  return {
    cores: Math.min(
      smallest(cgroup, unified, coresV2),
      smallest(join(cgroup, "cpu"), cpu, coresV1),
      smallest(join(cgroup, "cpu,cpuacct"), cpu, coresV1),
      availableParallelism(),
    ),
    memoryBytes: Math.min(
      smallest(cgroup, unified, (folder) => numberOf(read(join(folder, "memory.max")))),
      smallest(join(cgroup, "memory"), memory, (folder) =>
        numberOf(read(join(folder, "memory.limit_in_bytes"))),
      ),
      totalmem(),
    ),
  };
}
