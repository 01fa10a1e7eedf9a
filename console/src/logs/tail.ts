import { open } from "node:fs/promises";

/** @returns the last whole lines of a file, the newest first; undefined when there is no such file */
export async function readNewest(
  file: string,
  limits: { readonly lines: number; readonly bytes: number },
): Promise<readonly string[] | undefined> {
  const handle = await open(file, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - limits.bytes);
    const buffer = Buffer.alloc(size - from);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
    const lines = buffer.toString("utf8", 0, bytesRead).split("\n");
    // What begins in the middle of a line says nothing.
    if (from > 0) lines.shift();
    return lines
      .filter((line) => line.trim() !== "")
      .slice(-limits.lines)
      .reverse();
  } finally {
    await handle.close();
  }
}
