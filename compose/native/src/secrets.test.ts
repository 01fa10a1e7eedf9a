import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureSecrets, secretFile } from "./secrets.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watchkeeper-secrets-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("secrets are made once, differ from each other and from another installation's, and are read by their owner only", () => {
  const first = ensureSecrets(folder);
  expect(ensureSecrets(folder)).toEqual(first);
  const values = Object.values(first);
  expect(new Set(values).size).toBe(values.length);
  for (const value of values) expect(value.length).toBeGreaterThanOrEqual(32);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(secretFile(folder, "redis")).mode & 0o777).toBe(0o600);
  rmSync(secretFile(folder, "redis"));
  expect(ensureSecrets(folder).redis).not.toBe(first.redis);
});

test("a secret that others may read is closed to them again", () => {
  ensureSecrets(folder);
  chmodSync(secretFile(folder, "redis"), 0o644);
  ensureSecrets(folder);
  expect(statSync(secretFile(folder, "redis")).mode & 0o777).toBe(0o600);
});

test("an empty secret is refused and left as it is", () => {
  ensureSecrets(folder);
  const file = secretFile(folder, "pager-postgres-pager");
  writeFileSync(file, "");
  expect(() => ensureSecrets(folder)).toThrow(
    `Cannot use ${file} as it is empty: restore it from a copy, or start afresh with npm run reset`,
  );
  expect(readFileSync(file, "utf8")).toBe("");
});
