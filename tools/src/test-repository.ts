import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A git repository for one test, outside ours. */
export interface TemporaryRepository {
  readonly root: string;
  remove(): void;
}

/** Makes a repository of the given files, none of them committed. */
export function createTemporaryRepository(files: Readonly<Record<string, string>>): TemporaryRepository {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "watchkeeper-repository-")));
  execFileSync("git", ["init", "--quiet"], { cwd: root });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return { root, remove: () => rmSync(root, { recursive: true }) };
}
