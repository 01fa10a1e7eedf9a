import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { ROOT, readText, repositoryFiles } from "./repository.ts";

/** Files whose bytes are not ours to judge. */
const NOT_TEXT = /\.(?:png|ico|woff2?|gz)$/;
const TEST_FILE = /\.test\.ts$/;

/** A folder of that name collects what has no place. */
const GRAB_BAGS = /(?:^|\/)(?:utils?|helpers?|lib|common|misc|managers?)(?:\/|\.ts$)/;
const BARREL = /(?:^|\/)src\/(?:.*\/)?index\.ts$/;
const LONGEST_MAIN = 15;

/** Where everybody downloads from; any other host is one of somebody's workplace. */
const PUBLIC_HOSTS = /(?:^|\.)(?:npmjs\.org|debian\.org|ubuntu\.com|github\.com|localhost)$/;

/** One thing that must not stand in a file. */
interface Ban {
  readonly pattern: RegExp;
  readonly reason: string;
  readonly only?: RegExp;
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** Hosts that this machine fetches packages from, read from its settings so that none is spelled here. */
function packageHosts(): readonly string[] {
  const registry = execFileSync("npm", ["config", "get", "registry"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const folder = "/etc/apt/sources.list.d";
  const listed = ["/etc/apt/sources.list", ...namesIn(folder).map((name) => join(folder, name))];
  const sources = listed.map((path) => readText("/", path) ?? "").join("\n");
  const hosts = [...`${registry}\n${sources}`.matchAll(/https?:\/\/([^\s/:]+)/g)].map(
    ([, host = ""]) => host,
  );
  return [...new Set(hosts)].filter((host) => !PUBLIC_HOSTS.test(host));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** What no file may hold, computed for this machine. */
function bansOf(root: string, hosts: readonly string[]): readonly Ban[] {
  const places = [root, homedir()].filter((path) => path.length > 1).map((path) => `${literal(path)}\\b/?`);
  return [
    {
      pattern: new RegExp(`(?<![\\w/.-])(?:${places.join("|")}|/home/[a-z]\\w*/|/Users/[a-z]\\w*/)`),
      reason: "a path of one machine",
    },
    ...hosts.map((host) => ({
      pattern: new RegExp(literal(host)),
      reason: "the host of a package registry",
    })),
    { pattern: /"resolved": "http/, reason: "a download address", only: /package-lock\.json$/ },
    {
      pattern: /\b(?:test|it|describe|suite)\.only\(/,
      reason: "a test that turns the others off",
      only: TEST_FILE,
    },
  ];
}

function judgeText(path: string, text: string, bans: readonly Ban[]): readonly string[] {
  const lines = text.split("\n");
  const applicable = bans.filter(({ only }) => only === undefined || only.test(path));
  const found = lines.flatMap((line, i) =>
    applicable
      .filter(({ pattern }) => pattern.test(line))
      .map(({ reason, pattern }) => `${path}:${i + 1}: ${reason}: ${line.match(pattern)?.[0]}`),
  );
  const length = lines.length - 1;
  return basename(path) === "main.ts" && path !== "process/src/main.ts" && length > LONGEST_MAIN
    ? [...found, `${path}: a main of ${length} lines: more than ${LONGEST_MAIN} belong into what it calls`]
    : found;
}

const judgePath = (path: string): readonly string[] => [
  ...(GRAB_BAGS.test(path) ? [`${path}: a name for what has no place: say what it is`] : []),
  ...(BARREL.test(path) ? [`${path}: a barrel file: import from the file itself`] : []),
];

/**
 * Judges the names in and of all files: nothing may speak of one machine, and nothing is called by a name that says
 * nothing.
 * @param hosts package hosts that must not be named; those of this machine unless a test says otherwise
 */
export async function checkNames(root = ROOT, hosts = packageHosts()): Promise<readonly string[]> {
  const bans = bansOf(root, hosts);
  return repositoryFiles(root).flatMap((path) => {
    if (NOT_TEXT.test(path)) return [];
    const text = readText(root, path);
    if (text === undefined) return [];
    return [...judgePath(path), ...judgeText(path, text, bans)];
  });
}
