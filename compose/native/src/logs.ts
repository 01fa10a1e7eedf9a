import { closeSync, copyFileSync, openSync, readSync, statSync, truncateSync } from "node:fs";

const LONGEST_LINE = 300;

/** The last bytes of a file as text; empty when there is no such file. */
export function tail(file: string, bytes: number): string {
  try {
    const { size } = statSync(file);
    const descriptor = openSync(file, "r");
    try {
      const buffer = Buffer.alloc(Math.min(bytes, size));
      readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString("utf8");
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return "";
  }
}

/** What Node.js prints below an error: the frames of the stack and its own version. */
const NO_REASON = /^(\s|$|[{}]|Node\.js v)/;

/** The last line of a log that gives a reason, cut to a readable length: mostly why the process ended. */
export function lastReason(file: string): string {
  const lines = tail(file, 8_192).split("\n");
  return lines.findLast((line) => !NO_REASON.test(line))?.slice(0, LONGEST_LINE) ?? "";
}

const LARGEST_LOG = 10 * 1024 * 1024;

/**
 * Keeps a log within twice 10 MB: what is there moves to `<file>.1` and the file starts anew. The process goes on
 * writing to the same open file, so lines that it writes during the copy may be lost.
 */
export function rotate(file: string): void {
  try {
    if (statSync(file).size < LARGEST_LOG) return;
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
