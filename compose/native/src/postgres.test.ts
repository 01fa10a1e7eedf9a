import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clusterFolder, ensureCluster, preparePostgresHome, removePostgresHome } from "./postgres.ts";

/** A folder that only its owner may enter, as mkdtemp makes it. */
let folder: string;
let data: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watchkeeper-postgres-"));
  data = join(folder, "data");
});
afterEach(() => {
  removePostgresHome(data);
  rmSync(folder, { recursive: true, force: true });
});

const isRoot = process.getuid?.() === 0;

test("a cluster is made in a folder that only its owner may enter, by root as well as by an ordinary user", async () => {
  const home = preparePostgresHome(data);
  await ensureCluster(home, "demo", "secret");
  const made = clusterFolder(home, "demo");
  expect(readFileSync(join(made, "PG_VERSION"), "utf8")).toBe("15\n");
  expect(home.uid).toBe(isRoot ? 65_534 : undefined);
  expect(statSync(made).uid).toBe(isRoot ? 65_534 : process.getuid?.());
  expect(readdirSync(home.clusters).filter((name) => name.includes("-new-"))).toEqual([]);
  expect(preparePostgresHome(data)).toEqual(home);
  removePostgresHome(data);
  expect(existsSync(home.clusters)).toBe(!isRoot);
}, 60_000);

test("a folder that holds something else is refused and left as it is", async () => {
  const home = preparePostgresHome(data);
  const stranger = clusterFolder(home, "demo");
  mkdirSync(stranger);
  writeFileSync(join(stranger, "precious"), "");
  await expect(ensureCluster(home, "demo", "secret")).rejects.toThrow(
    `Cannot use ${stranger} as it holds no PostgreSQL 15 database (version: none): move it away, or run npm run reset`,
  );
  expect(existsSync(join(stranger, "precious"))).toBe(true);
});
