import { expect, test } from "vitest";
import { checkDocuments } from "./doc-paths.ts";
import { createTemporaryRepository } from "./test-repository.ts";

/** What is wrong with a README of this text, beside a few files that exist. */
async function problemsOf(readme: string): Promise<readonly string[]> {
  const repository = createTemporaryRepository({
    "package.json": JSON.stringify({ scripts: { start: "true", gen: "true" } }),
    "alerts/src/symptoms/ServiceDown.ts": "",
    "docs/guide/running.md": "# Running\n\n## Stop & start again\n",
    "README.md": readme,
    "CHANGELOG.md": "`alerts/src/gone.ts` was removed",
  });
  try {
    return await checkDocuments(repository.root);
  } finally {
    repository.remove();
  }
}

test("what exists may be named", async () => {
  const text =
    "[run](docs/guide/running.md#stop--start-again) [web](https://example.org/none.md) `npm run gen` `npm start`\n" +
    "`alerts/src/symptoms/<AlertName>.ts` `alerts/src/symptoms/` `alerts/` `.watchkeeper/logs/app.log`\n" +
    "`GET /api/incidents` `a/b` `Express/pg`\n\n```\nalerts/nothing.ts\n```\n";
  expect(await problemsOf(text)).toEqual([]);
});

test.each([
  ["`alerts/src/symptoms/Gone.ts`", "README.md: `alerts/src/symptoms/Gone.ts` does not exist"],
  ["`alert/src/<name>.ts`", "README.md: `alert/src/<name>.ts` does not exist"],
  ["`alerts/source/`", "README.md: `alerts/source/` does not exist"],
  ["[x](docs/guide/walking.md)", "README.md: link to docs/guide/walking.md, which does not exist"],
  ["![x](docs/images/none.png)", "README.md: link to docs/images/none.png, which does not exist"],
  [
    "[x](docs/guide/running.md#fly)",
    "README.md: link to docs/guide/running.md#fly, which has no such heading",
  ],
  ["[x](../elsewhere/notes.md)", "README.md: link to ../elsewhere/notes.md leaves the repository"],
  ["```\nnpm run generate\n```", 'README.md: npm script "generate" does not exist'],
  ["`npm stop`", 'README.md: npm script "stop" does not exist'],
])("%s is refused", async (text, problem) => {
  expect(await problemsOf(text)).toEqual([problem]);
});
