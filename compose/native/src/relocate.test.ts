import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { relocatePrograms, withCurrentFolder } from "./relocate.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watchkeeper-relocate-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a program keeps its length, and no mention of the built-in folder is left", () => {
  const program = Buffer.from(
    "\0/usr/share/prometheus/alertmanager\0x/usr/share/prometheus/alertmanager/ui/\0",
  );
  const relocated = withCurrentFolder(program);
  expect(relocated.length).toBe(program.length);
  expect(relocated.toString()).not.toContain("/usr/share/prometheus");
  expect(relocated.toString()).toMatch(/^\0\/proc\/self\/cwd(\/\.)+\0x\/proc\/self\/cwd(\/\.)+\/ui\/\0$/);
});

test("a program that reads its templates finds them in the root, also after the root was moved", () => {
  const root = join(folder, "first");
  const templates = join(root, "usr/share/prometheus/alertmanager");
  mkdirSync(templates, { recursive: true });
  mkdirSync(join(root, "usr/bin"), { recursive: true });
  writeFileSync(join(templates, "default.tmpl"), "the template");
  const program = join(root, "usr/bin/amtool");
  writeFileSync(program, '#!/bin/sh\ncat /usr/share/prometheus/alertmanager/default.tmpl; echo " $1"\n');
  chmodSync(program, 0o755);
  relocatePrograms(root);
  const moved = join(folder, "second place");
  renameSync(root, moved);
  expect(execFileSync(join(moved, "usr/bin/amtool"), ["with arguments"]).toString()).toBe(
    "the template with arguments\n",
  );
});
