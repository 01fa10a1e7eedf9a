import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { parseSettings, SettingsError } from "./settings.ts";

const folder = mkdtempSync(join(tmpdir(), "watchkeeper-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));

const schema = z.object({ port: z.coerce.number().int().min(1), apiToken: z.string().optional() });
const parse = (env: Record<string, string>) => parseSettings("WATCHKEEPER_DEMO", schema, env);

test("a key is read from the variable of its name", () => {
  expect(parse({ WATCHKEEPER_DEMO_PORT: "4701", WATCHKEEPER_DEMO_API_TOKEN: "t" })).toEqual({
    port: 4701,
    apiToken: "t",
  });
});

test("a secret is read from the file that the variable with _FILE names, without its last line break", () => {
  const file = join(folder, "token");
  writeFileSync(file, "from a file\n");
  expect(parse({ WATCHKEEPER_DEMO_PORT: "1", WATCHKEEPER_DEMO_API_TOKEN_FILE: file }).apiToken).toBe(
    "from a file",
  );
});

test.each([
  [{}, "Cannot read the settings: WATCHKEEPER_DEMO_PORT is not set"],
  [{ WATCHKEEPER_DEMO_PORT: "no" }, /^Cannot read the settings: WATCHKEEPER_DEMO_PORT: .*number/],
  [
    { WATCHKEEPER_DEMO_PORT: "1", WATCHKEEPER_DEMO_PROT: "2" },
    "Cannot use WATCHKEEPER_DEMO_PROT as there is no such setting: known are WATCHKEEPER_DEMO_API_TOKEN, WATCHKEEPER_DEMO_PORT",
  ],
  [
    { WATCHKEEPER_DEMO_PORT: "1", WATCHKEEPER_DEMO_API_TOKEN_FILE: "/nowhere/token" },
    "Cannot read WATCHKEEPER_DEMO_API_TOKEN_FILE as /nowhere/token cannot be opened: ENOENT",
  ],
  [
    { WATCHKEEPER_DEMO_PORT: "1", WATCHKEEPER_DEMO_API_TOKEN: "t", WATCHKEEPER_DEMO_API_TOKEN_FILE: "f" },
    "Cannot read WATCHKEEPER_DEMO_API_TOKEN as WATCHKEEPER_DEMO_API_TOKEN_FILE is set too: keep one of the two",
  ],
])("%j is refused in one line that says what to do", (env: Record<string, string>, message) => {
  expect(() => parse(env)).toThrow(SettingsError);
  expect(() => parse(env)).toThrow(message);
});
