import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Debian builds Alertmanager and amtool to read their message templates from this folder, with no option to say
 * otherwise, and both refuse to work without them. Unpacked into a private root, they must look elsewhere.
 */
const BUILT_IN = "/usr/share/prometheus/alertmanager";

/** The current folder of whatever process asks, written as long as the path that it replaces. */
const CURRENT = "/proc/self/cwd".padEnd(BUILT_IN.length, "/.");

const PROGRAMS = ["prometheus-alertmanager", "amtool"];

/** A copy of the program with every mention of the built-in folder replaced; lengths and offsets stay. */
export function withCurrentFolder(program: Buffer): Buffer {
  const copy = Buffer.from(program);
  for (let at = copy.indexOf(BUILT_IN); at !== -1; at = copy.indexOf(BUILT_IN, at + 1))
    copy.write(CURRENT, at);
  return copy;
}

/** Goes to the templates, wherever the root has been put, and becomes the program. */
const wrapper = (program: string): string => `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
cd "$here/../..${BUILT_IN}" && exec "$here/${program}" "$@"
`;

/**
 * Makes Alertmanager and amtool of an unpacked Debian package work from that root. They start in the folder of their
 * templates, so files must be named by absolute paths.
 */
export function relocatePrograms(root: string): void {
  for (const name of PROGRAMS) {
    const path = join(root, "usr/bin", name);
    if (!existsSync(path) || !existsSync(join(root, BUILT_IN))) continue;
    const program = `${name}.program`;
    writeFileSync(join(dirname(path), program), withCurrentFolder(readFileSync(path)), { mode: 0o755 });
    writeFileSync(`${path}.new`, wrapper(program));
    chmodSync(`${path}.new`, 0o755);
    renameSync(`${path}.new`, path);
  }
}
