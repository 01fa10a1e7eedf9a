import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fetchPackages, libraryPath } from "./apt-root.ts";
import { TOOLS_FOLDER } from "./paths.ts";
import { StackError } from "./stack-error.ts";

/** A server or command that the suite runs and does not bring itself. */
interface Tool {
  /** Names it goes by: upstream's first, then Debian's. */
  readonly binaries: readonly string[];
  /** Debian package. */
  readonly package: string;
  /** Oldest version that our configuration is written for. */
  readonly oldest: readonly [major: number, minor: number];
}

const TOOLS = {
  prometheus: { binaries: ["prometheus"], package: "prometheus", oldest: [2, 42] },
  promtool: { binaries: ["promtool"], package: "prometheus", oldest: [2, 42] },
  alertmanager: {
    binaries: ["alertmanager", "prometheus-alertmanager"],
    package: "prometheus-alertmanager",
    oldest: [0, 25],
  },
  amtool: { binaries: ["amtool"], package: "prometheus-alertmanager", oldest: [0, 25] },
  "node-exporter": {
    binaries: ["node_exporter", "prometheus-node-exporter"],
    package: "prometheus-node-exporter",
    oldest: [1, 5],
  },
  "postgres-exporter": {
    binaries: ["postgres_exporter", "prometheus-postgres-exporter"],
    package: "prometheus-postgres-exporter",
    oldest: [0, 11],
  },
  "redis-exporter": {
    binaries: ["redis_exporter", "prometheus-redis-exporter"],
    package: "prometheus-redis-exporter",
    oldest: [1, 45],
  },
  "blackbox-exporter": {
    binaries: ["blackbox_exporter", "prometheus-blackbox-exporter"],
    package: "prometheus-blackbox-exporter",
    oldest: [0, 23],
  },
  "redis-server": { binaries: ["redis-server"], package: "redis-server", oldest: [7, 0] },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof TOOLS;

/** How to run a tool. */
export interface ToolCommand {
  readonly path: string;
  /** Variables it needs beside its own, for libraries that came with it. */
  readonly env: Readonly<Record<string, string>>;
  /** Where a fetched Debian Prometheus finds its web page, which it looks for in the host's folders by itself. */
  readonly webAssets?: string;
}

export type Tools = Readonly<Record<ToolName, ToolCommand>>;

/** Servers often live in the system folders that an ordinary user's PATH leaves out. */
const SYSTEM_FOLDERS = ["/usr/sbin", "/sbin", "/usr/local/sbin"];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The first version number that the tool prints about itself, or undefined. */
function versionOf({ path, env }: ToolCommand): readonly [number, number] | undefined {
  try {
    const output = execFileSync("/bin/sh", ["-c", '"$0" --version 2>&1', path], {
      timeout: 5_000,
      env: { ...process.env, ...env },
    }).toString();
    const found = /\b(\d+)\.(\d+)\.\d+/.exec(output);
    return found ? [Number(found[1]), Number(found[2])] : undefined;
  } catch {
    return undefined;
  }
}

function isNewEnough(tool: Tool, command: ToolCommand): boolean {
  const version = versionOf(command);
  const [major, minor] = tool.oldest;
  return version !== undefined && (version[0] > major || (version[0] === major && version[1] >= minor));
}

/** The tool as the host has it, if it is new enough. */
function onHost(tool: Tool, path: string): ToolCommand | undefined {
  const folders = [...path.split(delimiter).filter(Boolean), ...SYSTEM_FOLDERS];
  return folders
    .flatMap((folder) => tool.binaries.map((binary) => join(folder, binary)))
    .filter(isExecutable)
    .map((candidate): ToolCommand => ({ path: candidate, env: {} }))
    .find((command) => isNewEnough(tool, command));
}

/** The tool as a root of unpacked packages has it. @throws StackError when it is not there or too old */
function inRoot(tool: Tool, root: string): ToolCommand {
  const found = tool.binaries.map((binary) => join(root, "usr/bin", binary)).find(existsSync);
  const command = found && { path: found, env: { LD_LIBRARY_PATH: libraryPath(root) } };
  if (command && isNewEnough(tool, command)) return command;
  throw new StackError(
    `Cannot use ${tool.package} as this host's apt has it, since version ${tool.oldest.join(".")} or newer is needed: install that so that it is on the PATH`,
  );
}

const names = Object.keys(TOOLS) as ToolName[];

/**
 * Finds every tool on the host's PATH, and fetches those that are missing or too old into a private root with the
 * host's apt: nothing is installed, no administrator's rights are needed, signatures are checked by apt.
 *
 * @param report is told what is going on while it downloads
 * @throws StackError that names what to install where there is no apt, or apt has only older ones
 */
export async function obtainTools(
  report: (line: string) => void,
  path = process.env.PATH ?? "",
): Promise<Tools> {
  const commands = new Map<ToolName, ToolCommand>();
  for (const name of names) {
    const command = onHost(TOOLS[name], path);
    if (command) commands.set(name, command);
  }
  const missing = names.filter((name) => !commands.has(name));
  if (missing.length > 0) {
    const root = await fetchPackages(
      join(TOOLS_FOLDER, "servers"),
      missing.map((name) => TOOLS[name].package),
      report,
      missing.map((name) => `${name} ${TOOLS[name].oldest.join(".")} or newer`),
    );
    for (const name of missing) {
      const assets = join(root, "usr/share/prometheus/web/");
      const withAssets = name === "prometheus" && existsSync(assets) ? { webAssets: assets } : {};
      commands.set(name, { ...inRoot(TOOLS[name], root), ...withAssets });
    }
  }
  return Object.fromEntries(commands) as Record<ToolName, ToolCommand>;
}
