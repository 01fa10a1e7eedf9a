import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FOLDER } from "./test-stack.ts";

/** The script beside a docker that only writes down how it was called. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watchkeeper-stack-"));
  for (const name of ["stack.sh", "make-secrets.sh", "settings.example.env"]) {
    cpSync(join(FOLDER, name), join(folder, name));
  }
  const docker = `#!/bin/sh\nprintf "%s\\n" "profiles=$COMPOSE_PROFILES" "$@" >"$CALLED"\n`;
  writeFileSync(join(folder, "docker"), docker, { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: readonly string[]): readonly string[] {
  const called = join(folder, "called");
  execFileSync(join(folder, "stack.sh"), args, {
    env: { PATH: `${folder}:${process.env.PATH ?? ""}`, CALLED: called },
    stdio: "pipe",
  });
  return readFileSync(called, "utf8").trim().split("\n");
}

test("a demo is started with its profile, the pinned images and secrets that are there by then", () => {
  expect(run("dev", "up", "--detach")).toEqual([
    "profiles=demo",
    "compose",
    "--env-file",
    join(folder, "versions.env"),
    "--file",
    join(folder, "compose.yaml"),
    "--file",
    join(folder, "compose.dev.yaml"),
    "up",
    "--detach",
  ]);
  expect(existsSync(join(folder, "secrets/console-session"))).toBe(true);
});

test("an installation is started with its settings, and a certificate for its domain", () => {
  cpSync(join(folder, "settings.example.env"), join(folder, "settings.env"));
  const words = run("prod", "up");
  expect(words[0]).toBe("profiles=");
  expect(words).toEqual(
    expect.arrayContaining([join(folder, "settings.env"), join(folder, "compose.prod.yaml")]),
  );
  const certificate = execFileSync("openssl", [
    "x509",
    "-noout",
    "-text",
    "-in",
    join(folder, "secrets/tls-certificate"),
  ]);
  expect(certificate.toString()).toContain("DNS:console.watch.example.com");
});

test("sign-in asks the console's container, and makes nothing", () => {
  const words = run("dev", "sign-in");
  expect(words.slice(words.indexOf("exec"), words.indexOf("exec") + 5)).toEqual([
    "exec",
    "--no-TTY",
    "console",
    "node",
    "--eval",
  ]);
  expect(existsSync(join(folder, "secrets"))).toBe(false);
});

test.each([[], ["production", "up"]])("any other kind of stack is refused: %s", (...args) => {
  expect(() => run(...args)).toThrow("as there is no such stack: dev and prod are known");
});
