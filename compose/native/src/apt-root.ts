import { type SpawnOptions, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { relocatePrograms } from "./relocate.ts";
import { StackError } from "./stack-error.ts";

const MULTIARCH: Partial<Record<NodeJS.Architecture, string>> = {
  x64: "x86_64-linux-gnu",
  arm64: "aarch64-linux-gnu",
};

const holdsLibrary = (folder: string): boolean => readdirSync(folder).some((name) => name.includes(".so"));

/**
 * The folders in which binaries of an unpacked root find the libraries that came with them, also those that a package
 * keeps in a folder of its own and would look for below /usr.
 */
export function libraryPath(root: string): string {
  const multiarch = MULTIARCH[process.arch] ?? "";
  const folders = [join(root, "usr/lib", multiarch), join(root, "lib", multiarch)].filter(existsSync);
  const ownFolders = folders.flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name))
      .filter(holdsLibrary),
  );
  return [...folders, ...ownFolders].join(":");
}

/** Runs a command to its end. @throws Error with the last lines it printed. */
function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-20_000);
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(output);
      else
        reject(
          new Error(`${command} ended with code ${code}: ${output.trim().split("\n").slice(-3).join(" / ")}`),
        );
    });
  });
}

/**
 * Options that make apt keep everything it writes in one folder: no lock, no cache and no list of the host is
 * touched, and so an ordinary user may run it. What the host has installed is read, so that only what is missing
 * is fetched.
 */
const privateApt = (folder: string): string[] =>
  [
    `Dir::State=${folder}/state`,
    "Dir::State::status=/var/lib/dpkg/status",
    `Dir::Cache=${folder}/cache`,
    `Dir::Log=${folder}`,
    "Debug::NoLocking=1",
    "APT::Sandbox::User=",
    "Acquire::Languages=none",
    "APT::Get::AllowUnauthenticated=false",
    "Acquire::Retries=3",
  ].flatMap((option) => ["-o", option]);

/** The host's programs that fetch and unpack; a test can say that there are none. */
export interface Apt {
  readonly get: string;
  readonly unpack: string;
}

const HOST_APT: Apt = { get: "/usr/bin/apt-get", unpack: "/usr/bin/dpkg-deb" };

/** What a root was made of, written when it is complete. */
const MANIFEST = "packages.json";

/** A root that an earlier fetch filled with all of these packages. */
function findRoot(folder: string, names: readonly string[]): string | undefined {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .map((entry) => join(folder, entry))
    .find((root) => {
      const manifest = join(root, MANIFEST);
      if (!existsSync(manifest)) return false;
      const fetched = JSON.parse(readFileSync(manifest, "utf8")) as { names: string[] };
      return names.every((name) => fetched.names.includes(name));
    });
}

/** Downloads packages and unpacks them into `work/root`. */
async function download(
  work: string,
  names: readonly string[],
  apt: Apt,
  report: (line: string) => void,
): Promise<string> {
  for (const part of ["state/lists/partial", "cache/archives/partial"]) {
    mkdirSync(join(work, part), { recursive: true });
  }
  report("reading the host's package lists");
  await run(apt.get, [...privateApt(work), "update"]);
  report(`downloading ${names.join(", ")}`);
  const install = ["install", "--download-only", "--no-install-recommends", "--reinstall", "-y", ...names];
  await run(apt.get, [...privateApt(work), ...install]);

  const archives = readdirSync(join(work, "cache/archives")).filter((file) => file.endsWith(".deb"));
  report(`unpacking ${archives.length} packages`);
  const root = join(work, "root");
  mkdirSync(root);
  for (const archive of archives) await run(apt.unpack, ["-x", join(work, "cache/archives", archive), root]);
  relocatePrograms(root);
  writeFileSync(join(root, MANIFEST), `${JSON.stringify({ names, archives: archives.sort() }, null, 2)}\n`);
  return root;
}

/** Puts an unpacked root in its place, unless another process has just done so. */
function moveInto(root: string, unpacked: string): void {
  try {
    renameSync(unpacked, root);
  } catch (error) {
    if (!existsSync(join(root, MANIFEST))) throw error;
  }
}

/**
 * Fetches Debian packages, and what they need beyond the host's, and unpacks them below `folder` without installing
 * anything. Packages that are already there are used as they are; two that fetch at once do not disturb each other.
 *
 * @param wanted how to name what is missing to a person whose host has no apt
 * @returns the root that holds `usr/bin` and so on
 * @throws StackError when the host has no apt or apt cannot fetch a package
 */
export async function fetchPackages(
  folder: string,
  packages: readonly string[],
  report: (line: string) => void,
  wanted: readonly string[] = packages,
  apt: Apt = HOST_APT,
): Promise<string> {
  const names = [...new Set(packages)].sort();
  const there = findRoot(folder, names);
  if (there) return there;
  if (!existsSync(apt.get) || !existsSync(apt.unpack)) {
    throw new StackError(
      `Cannot find ${wanted.join(", ")} and this host has no apt to fetch them with: install them so that they are on the PATH`,
    );
  }
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, "fetch-"));
  try {
    const root = join(
      folder,
      `root-${createHash("sha256").update(names.join(" ")).digest("hex").slice(0, 12)}`,
    );
    const unpacked = await download(work, names, apt, report);
    moveInto(root, unpacked);
    return root;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StackError(`Cannot fetch ${names.join(", ")} with apt as ${reason}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
