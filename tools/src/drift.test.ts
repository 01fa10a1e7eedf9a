import { expect, test } from "vitest";
import { findDrift, writeGenerated } from "./drift.ts";
import { type Generator, generateAll } from "./generators.ts";
import { createTemporaryRepository } from "./test-repository.ts";

function driftOf(present: Readonly<Record<string, string>>, made: Readonly<Record<string, string>>) {
  const repository = createTemporaryRepository(present);
  try {
    return findDrift(repository.root, new Map(Object.entries(made)));
  } finally {
    repository.remove();
  }
}

test("files that are what their generators make are no drift", () => {
  const files = { "docs/generated/a.md": "a", "app/src/b.generated.ts": "b" };
  expect(driftOf({ ...files, "app/src/c.ts": "c" }, files)).toEqual([]);
});

test.each<[string, Record<string, string>, Record<string, string>, object[]]>([
  [
    "a file that was edited by hand",
    { "docs/generated/a.md": "edited" },
    { "docs/generated/a.md": "a" },
    [{ path: "docs/generated/a.md", kind: "differs" }],
  ],
  [
    "a file that was never written",
    {},
    { "docs/generated/a.md": "a" },
    [{ path: "docs/generated/a.md", kind: "is missing" }],
  ],
  [
    "a file that no generator makes any more, though git does not know it",
    { "prometheus/rules/generated/old.yml": "", "generated/top.md": "", "app/src/old.generated.ts": "" },
    {},
    ["app/src/old.generated.ts", "generated/top.md", "prometheus/rules/generated/old.yml"].map((path) => ({
      path,
      kind: "comes from no generator",
    })),
  ],
])("%s is drift", (_, present, made, drift) => {
  expect(driftOf(present, made)).toEqual(drift);
});

test("writing mends all drift but what no generator makes, which a person must delete", () => {
  const repository = createTemporaryRepository({
    "docs/generated/a.md": "edited",
    "docs/generated/old.md": "",
  });
  const files = new Map([
    ["docs/generated/a.md", "a"],
    ["app/src/generated/b.ts", "b"],
  ]);
  try {
    expect(writeGenerated(repository.root, files)).toEqual({
      written: ["app/src/generated/b.ts", "docs/generated/a.md"],
      strangers: ["docs/generated/old.md"],
    });
    expect(findDrift(repository.root, files)).toEqual([
      { path: "docs/generated/old.md", kind: "comes from no generator" },
    ]);
  } finally {
    repository.remove();
  }
});

/** Where a file says what made it: its first line, or a board's or plugin's description, as JSON has no comments. */
function statedSource(path: string, text: string): string | undefined {
  if (!path.endsWith(".json")) return text.split("\n")[0];
  const { description, info } = JSON.parse(text);
  return description ?? info?.description;
}

const making =
  (path: string): Generator =>
  async () => ({ [path]: "" });

test("two generators that make one file are refused", async () => {
  const twice = [making("docs/generated/a.md"), making("docs/generated/a.md")];
  await expect(generateAll(twice)).rejects.toThrow(
    "Cannot generate docs/generated/a.md as two generators make it",
  );
});

test("a generator that writes among the sources is refused", async () => {
  await expect(generateAll([making("app/src/a.ts")])).rejects.toThrow(
    "Cannot generate app/src/a.ts as it is",
  );
});

test("what our generators make says where it comes from and does not change from one run to the next", async () => {
  const files = await generateAll();
  expect(files.size).toBeGreaterThan(0);
  for (const [path, text] of files)
    expect(statedSource(path, text), path).toMatch(/Generated from \S.* by `?npm run gen/);
  expect(await generateAll()).toEqual(files);
});
