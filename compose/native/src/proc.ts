import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What Linux tells about processes under /proc. Everything here answers undefined for a process that is gone. */

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

/** The fields of /proc/<pid>/stat after the command, which may itself hold spaces and parentheses. */
function statFields(pid: number): string[] | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/**
 * When a process started, in clock ticks since boot, together with the boot's id: a number that is used again for
 * another process never has the same. A process that has ended and waits to be collected counts as gone.
 */
export function startMark(pid: number): string | undefined {
  const fields = statFields(pid);
  if (!fields || fields[0] === "Z") return undefined;
  return `${read("/proc/sys/kernel/random/boot_id")?.trim()}/${fields[19]}`;
}

/** The command line of a process, cut to a readable length. */
export function commandOf(pid: number): string {
  const words = read(`/proc/${pid}/cmdline`)?.split("\0").filter(Boolean) ?? [];
  return words.join(" ").slice(0, 120);
}

/**
 * Memory of a process that is its own share of RAM (PSS: pages shared by n processes count 1/n), in bytes.
 * Falls back to the resident size where the kernel does not show the share.
 */
function ownMemory(pid: number): number {
  const share = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? "");
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? "");
  return Number(share?.[1] ?? resident?.[1] ?? 0) * 1024;
}

const numbered = (): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/**
 * Memory of each root process together with its descendants, in bytes. A descendant that is itself a root counts for
 * itself alone, so that the figures add up.
 */
export function memoryOfTrees(roots: readonly number[]): Map<number, number> {
  const children = new Map<number, number[]>();
  for (const pid of numbered()) {
    const parent = Number(statFields(pid)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const total = (pid: number): number =>
    (children.get(pid) ?? [])
      .filter((child) => !roots.includes(child))
      .reduce((sum, child) => sum + total(child), ownMemory(pid));
  return new Map(roots.map((pid) => [pid, total(pid)]));
}

/** Who listens on a TCP port of this machine, as far as our rights let us see. */
export function listenerOf(port: number): { pid: number; command: string } | undefined {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  const LISTEN = "0A";
  const inodes = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) =>
    (read(table) ?? "")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[1]?.endsWith(`:${hexPort}`) && fields[3] === LISTEN)
      .map((fields) => `socket:[${fields[9]}]`),
  );
  for (const pid of numbered()) {
    try {
      const files = readdirSync(`/proc/${pid}/fd`);
      if (files.some((file) => inodes.includes(readlinkSync(`/proc/${pid}/fd/${file}`)))) {
        return { pid, command: commandOf(pid) };
      }
    } catch {
      // Another user's process, or one that has just ended.
    }
  }
  return undefined;
}
