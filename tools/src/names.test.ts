import { writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { expect, test } from "vitest";
import { checkNames } from "./names.ts";
import { createTemporaryRepository } from "./test-repository.ts";

const host = ["packages", "corp", "example"].join(".");

async function problemsOf(path: string, text: string): Promise<readonly string[]> {
  const repository = createTemporaryRepository({ [path]: text });
  try {
    return await checkNames(repository.root, [host]);
  } finally {
    repository.remove();
  }
}

test("ordinary files pass", async () => {
  expect(await problemsOf("app/src/routes.ts", 'get("/home"); join(root, "home/page");\n')).toEqual([]);
  expect(await problemsOf("docs/a.md", "Run it as root. It listens on 127.0.0.1.\n")).toEqual([]);
});

// Put together here, since the check reads this file as well.
const only = ["test", "only("].join(".");

test.each([
  ["docs/a.md", `See ${homedir()}/notes.\n`, "a path of one machine"],
  ["docs/a.md", `See ${["", "home", "ann", "notes"].join("/")}.\n`, "a path of one machine"],
  [".npmrc", `registry=https://${host}/npm\n`, "the host of a package registry"],
  ["package-lock.json", `${['{"resolved"', '"http://x"}'].join(": ")}\n`, "a download address"],
  ["app/src/a.test.ts", `${only}"x");\n`, "a test that turns the others off"],
  ["app/src/utils/text.ts", "\n", "a name for what has no place"],
  ["app/src/helpers.ts", "\n", "a name for what has no place"],
  ["app/src/index.ts", "\n", "a barrel file"],
  ["app/src/main.ts", "//\n".repeat(16), "a main of 16 lines"],
])("in %s, %j is refused as %s", async (path, text, reason) => {
  const problems = await problemsOf(path, text);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(reason);
});

test("a path inside the checked repository itself is a path of one machine", async () => {
  const { root, remove } = createTemporaryRepository({});
  try {
    writeFileSync(`${root}/a.md`, `See ${root}/b.md\n`);
    expect(await checkNames(root, [])).toEqual([`a.md:1: a path of one machine: ${root}/`]);
  } finally {
    remove();
  }
});
