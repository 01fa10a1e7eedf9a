import { X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureSecrets } from "@watchkeeper/native/secrets";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runMakeSecrets } from "./test-environment.ts";
import { loadStack } from "./test-stack.ts";

let work: string;
let folder: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "watchkeeper-secrets-"));
  folder = join(work, "secrets");
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const contents = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name !== "channels")
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );

test("every secret of the stack is made, in a folder that only its owner enters", () => {
  runMakeSecrets(folder);
  expect(Object.keys(contents()).sort()).toEqual(Object.keys(loadStack("dev").secrets).sort());
  expect(mode(folder)).toBe("700");
  for (const name of Object.keys(contents())) expect([name, mode(join(folder, name))]).toEqual([name, "444"]);
  expect(existsSync(join(folder, "channels"))).toBe(true);
});

test("no two passwords are alike, and each is as long as a password of the native stack", () => {
  runMakeSecrets(folder);
  const made = contents();
  const native = ensureSecrets(join(work, "native"));
  for (const [name, secret] of Object.entries(native)) {
    expect([name, made[name]?.trim().length]).toEqual([name, secret.length]);
  }
  const own = Object.entries(made).filter(([name]) => !/^tls-|-(?:url|exporter|requirepass)$/.test(name));
  expect(new Set(own.map(([, secret]) => secret)).size).toBe(own.length);
});

test("a second run changes nothing, and makes what was removed", () => {
  runMakeSecrets(folder);
  const before = contents();
  expect(runMakeSecrets(folder)).toBe("");
  expect(contents()).toEqual(before);
  rmSync(join(folder, "redis-url"));
  expect(runMakeSecrets(folder)).toBe("made redis-url\n");
  expect(contents()).toEqual(before);
});

test("a secret that was emptied is not replaced: the data was made with the old one", () => {
  runMakeSecrets(folder);
  rmSync(join(folder, "directory-postgres-owner"));
  writeFileSync(join(folder, "directory-postgres-owner"), "");
  expect(() => runMakeSecrets(folder)).toThrow("directory-postgres-owner as it is empty");
});

test("the certificate is for the names of the domain, and a person's own stays", () => {
  runMakeSecrets(folder, { WATCHKEEPER_DOMAIN: "watch.example.com" });
  const certificate = new X509Certificate(contents()["tls-certificate"] ?? "");
  for (const name of ["console", "directory", "grafana", "pager"]) {
    expect(certificate.checkHost(`${name}.watch.example.com`)).toBeDefined();
  }
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  rmSync(join(folder, "tls-key"));
  expect(() => runMakeSecrets(folder)).toThrow("Cannot make a certificate as only one of");
});
