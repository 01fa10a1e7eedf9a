import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { checkImports, importRules } from "./import-law.ts";

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

/** A repository of the given files in which every package can be imported by its name, as in ours. */
function repository(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "watchkeeper-imports-")));
  made.push(root);
  mkdirSync(join(root, "node_modules/@watchkeeper"), { recursive: true });
  const all = { "catalogue/src/labels.ts": "export const labels = 1;", ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    const folder = path.slice(0, path.indexOf("/src/"));
    const manifest = { name: `@watchkeeper/${folder}`, type: "module", exports: { "./*": "./src/*.ts" } };
    writeFileSync(join(root, folder, "package.json"), JSON.stringify(manifest));
    const link = join(root, "node_modules/@watchkeeper", folder.replace("compose/", ""));
    rmSync(link, { force: true });
    symlinkSync(join(root, folder), link);
  }
  return root;
}

const labels = "@watchkeeper/catalogue/labels";

test("imports that the law allows pass", async () => {
  const root = repository({
    "exporters/src/http.ts": `import { labels } from "${labels}"; export const http = labels;`,
    "app/src/routes.ts": `import { http } from "@watchkeeper/exporters/http"; export const routes = http;`,
    "inbox/src/inbox.ts": "export const inbox = 1;",
    "testing/src/poll.ts": "export const until = 1;",
    "app/src/routes.test.ts":
      `import { until } from "@watchkeeper/testing/poll"; import { inbox } from "@watchkeeper/inbox/inbox";` +
      `import { routes } from "./routes.ts"; import { app } from "./test-app.ts"; export const used = [until, inbox, routes, app];`,
    "app/src/test-app.ts": `export { until as app } from "@watchkeeper/testing/poll";`,
  });
  expect(await checkImports(root)).toEqual([]);
});

const other = "export const other = 1; export type Other = 1;";

test.each<[string, Readonly<Record<string, string>>, string]>([
  [
    "a process that imports another one",
    { "app/src/a.ts": `export { other } from "@watchkeeper/pager/b";`, "pager/src/b.ts": other },
    "app/src/a.ts → pager/src/b.ts: app imports only exporters, process, web, catalogue",
  ],
  [
    "a relative path into another folder",
    { "collector/src/a.ts": `export { other } from "../../app/src/b.ts";`, "app/src/b.ts": other },
    "collector/src/a.ts → app/src/b.ts: collector imports only exporters, process, web, catalogue",
  ],
  [
    "a type, though it is gone at run time",
    {
      "alerts/src/a.ts": `import type { Other } from "@watchkeeper/pager/b"; export type Mine = Other;`,
      "pager/src/b.ts": other,
    },
    "alerts/src/a.ts → pager/src/b.ts: alerts imports only catalogue",
  ],
  [
    "a board that knows a process",
    { "dashboards/src/a.ts": `export { other } from "@watchkeeper/console/b";`, "console/src/b.ts": other },
    "dashboards/src/a.ts → console/src/b.ts: dashboards imports only catalogue",
  ],
  [
    "a catalogue that depends on something",
    { "catalogue/src/a.ts": `export { other } from "@watchkeeper/process/b";`, "process/src/b.ts": other },
    "catalogue/src/a.ts → process/src/b.ts: catalogue imports nothing of ours",
  ],
  [
    "a source that imports the test servers",
    { "pager/src/a.ts": `export { other } from "@watchkeeper/testing/b";`, "testing/src/b.ts": other },
    "pager/src/a.ts → testing/src/b.ts: pager imports only exporters, process, web, catalogue",
  ],
  [
    "a test that reaches into another process",
    { "pager/src/a.test.ts": `export { other } from "@watchkeeper/app/b";`, "app/src/b.ts": other },
    "pager/src/a.test.ts → app/src/b.ts: tests of pager import",
  ],
  [
    "test servers that know a process",
    { "testing/src/a.ts": `export { other } from "@watchkeeper/pager/b";`, "pager/src/b.ts": other },
    "testing/src/a.ts → pager/src/b.ts: testing imports only compose/native",
  ],
  [
    "a source that imports what tests share",
    { "app/src/a.ts": `export { other } from "./test-app.ts";`, "app/src/test-app.ts": other },
    "app/src/a.ts → app/src/test-app.ts: sources do not import tests",
  ],
  [
    "what tests share and that reaches into another process",
    { "pager/src/test-bed.ts": `export { other } from "@watchkeeper/app/b";`, "app/src/b.ts": other },
    "pager/src/test-bed.ts → app/src/b.ts: tests of pager import",
  ],
  [
    "two files that import each other",
    {
      "app/src/a.ts": `import { b } from "./b.ts"; export const a = () => b;`,
      "app/src/b.ts": `import { a } from "./a.ts"; export const b = () => a;`,
    },
    "app/src/a.ts → app/src/b.ts: nothing goes in circles",
  ],
  [
    "an import of nothing",
    { "app/src/a.ts": `export { gone } from "@watchkeeper/exporters/gone";` },
    "@watchkeeper/exporters/gone: every import is found",
  ],
  [
    "an import of a main",
    { "app/src/a.ts": `export { other } from "./main.ts";`, "app/src/main.ts": other },
    "app/src/a.ts → app/src/main.ts: nobody imports a main",
  ],
  [
    "a source that imports a test",
    { "app/src/a.ts": `export { other } from "./b.test.ts";`, "app/src/b.test.ts": other },
    "app/src/a.ts → app/src/b.test.ts: sources do not import tests",
  ],
])("%s is caught", async (_, files, violation) => {
  const found = await checkImports(repository(files));
  expect(found.join("\n")).toContain(violation);
});

test("a tree without modules does not pass", async () => {
  const root = repository({});
  rmSync(join(root, "catalogue"), { recursive: true });
  mkdirSync(join(root, "app"));
  expect(await checkImports(root)).toEqual(["no TypeScript module was seen: the check itself is broken"]);
});

test("every rule says why", () => {
  for (const { comment } of importRules) expect(comment?.length).toBeGreaterThan(20);
});
