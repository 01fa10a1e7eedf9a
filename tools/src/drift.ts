import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readText, repositoryFiles } from "./repository.ts";

/** A generated file that is not what its generator makes. */
export interface Drift {
  readonly path: string;
  readonly kind: "differs" | "is missing" | "comes from no generator";
}

/**
 * Compares what generators make with what lies in the repository. Files in a `generated/` folder that no generator
 * makes are drift as well, those included that git does not know yet.
 */
export function findDrift(root: string, files: ReadonlyMap<string, string>): readonly Drift[] {
  const present = repositoryFiles(root, "*/generated/*", "generated/*", "*.generated.ts");
  const changed = [...files].flatMap(([path, text]): Drift[] => {
    const current = readText(root, path);
    if (current === undefined) return [{ path, kind: "is missing" }];
    return current === text ? [] : [{ path, kind: "differs" }];
  });
  const strangers = present
    .filter((path) => !files.has(path) && readText(root, path) !== undefined)
    .map((path): Drift => ({ path, kind: "comes from no generator" }));
  return [...changed, ...strangers].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Writes the files that differ or are missing; what no generator makes stays, and is named. */
export function writeGenerated(
  root: string,
  files: ReadonlyMap<string, string>,
): { readonly written: readonly string[]; readonly strangers: readonly string[] } {
  const drift = findDrift(root, files).map(({ path }) => path);
  const written = drift.filter((path) => files.has(path));
  for (const path of written) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), files.get(path) ?? "");
  }
  return { written, strangers: drift.filter((path) => !files.has(path)) };
}
