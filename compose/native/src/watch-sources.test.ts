import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@watchkeeper/testing/poll";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ProcessDefinition } from "./definition.ts";
import { stateFolder } from "./paths.ts";
import { watchSources } from "./watch-sources.ts";

let root: string;
let controller: AbortController;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "watchkeeper-watch-"));
  for (const folder of ["app/src", "pager/src/outbox", "prometheus"])
    mkdirSync(join(root, folder), { recursive: true });
  controller = new AbortController();
});
afterEach(() => {
  controller.abort();
  rmSync(root, { recursive: true });
});

const define = (name: string, sources: readonly string[]): ProcessDefinition => ({
  name,
  title: name,
  command: "true",
  args: [],
  env: {},
  cwd: root,
  after: [],
  probe: () => Promise.resolve(),
  stopSignal: "SIGTERM",
  isStore: false,
  sources,
});

test("a changed source starts what uses it again, once for several changes, and a changed test nothing", async () => {
  const restarted: string[] = [];
  watchSources({
    definitions: [define("app", ["app"]), define("pager", ["pager"]), define("traffic", ["app"])],
    supervisor: { restart: async (name) => void restarted.push(name) },
    settings: { portBase: 4700, stateRoot: root, handedOn: {} },
    state: stateFolder(root),
    report: () => undefined,
    signal: controller.signal,
    root,
  });
  writeFileSync(join(root, "app/src/app.test.ts"), "1");
  writeFileSync(join(root, "pager/src/outbox/claim.ts"), "1");
  writeFileSync(join(root, "pager/src/outbox/claim.ts"), "2");
  await until("the pager", () => restarted.length > 0 || undefined);
  expect(restarted).toEqual(["pager"]);
  writeFileSync(join(root, "app/src/app.ts"), "1");
  await until("the app", () => restarted.length > 1 || undefined);
  expect(restarted).toEqual(["pager", "app", "traffic"]);
});
