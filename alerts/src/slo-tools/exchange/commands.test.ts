import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { exportPromises, importPromises } from "./commands.ts";

const folder = mkdtempSync(join(tmpdir(), "watchkeeper-exchange-"));
afterAll(() => rmSync(folder, { recursive: true }));

const written = async (run: (output: (text: string) => void) => Promise<void>): Promise<string> => {
  let text = "";
  await run((more) => {
    text += more;
  });
  return text;
};

test("one promise goes out as OpenSLO, and comes in as source under another name", async () => {
  const yaml = await written((output) => exportPromises({ slo: "DirectoryLogin" }, output));
  expect(yaml).toContain("name: directory-login");
  const file = join(folder, "team.yml");
  writeFileSync(file, yaml.replaceAll("directory-login", "shop-login"));
  const source = await written((output) => importPromises({ file }, output));
  expect(source).toContain("export const shopLogin = defineSlo({");
});

test("a file with one promise too many writes nothing at all", async () => {
  const file = join(folder, "twice.yml");
  writeFileSync(file, await written((output) => exportPromises({}, output)));
  const text = written((output) => importPromises({ file }, output));
  await expect(text).rejects.toThrow('found "DirectoryAvailability"');
});

test("a file or a promise that is not there is named", async () => {
  await expect(importPromises({ file: "none.yml" }, () => {})).rejects.toThrow(
    'Cannot import "none.yml" as it cannot be read: ENOENT',
  );
  await expect(exportPromises({ slo: "Nobody" }, () => {})).rejects.toThrow(
    'Cannot find the promise "Nobody" as --slo must be one of DirectoryAvailability,',
  );
});
