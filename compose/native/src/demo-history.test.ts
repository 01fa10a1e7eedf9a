import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@watchkeeper/testing/poll";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDemoHistory, hasNoPast, prometheusData } from "./demo-history.ts";
import { type StateFolder, stateFolder } from "./paths.ts";
import { findProcess } from "./records.ts";
import type { Tools } from "./tools.ts";

let state: StateFolder;
beforeEach(() => {
  state = stateFolder(mkdtempSync(join(tmpdir(), "watchkeeper-demo-history-test-")));
  mkdirSync(state.run, { recursive: true });
});
afterEach(() => rmSync(state.root, { recursive: true }));

function start(promtool: string) {
  const said: string[] = [];
  const history = createDemoHistory({
    state,
    portBase: 4_700,
    tools: { promtool: { path: promtool, env: {} } } as unknown as Tools,
    configuration: { prometheus: join(state.run, "prometheus.yml"), alertmanager: "", blackbox: "" },
    report: (line) => said.push(line),
  });
  return { history, said };
}

test("only a Prometheus that has never run here has no past", () => {
  expect(hasNoPast(state)).toBe(true);
  mkdirSync(prometheusData(state), { recursive: true });
  expect(hasNoPast(state)).toBe(true);
  writeFileSync(join(prometheusData(state), "lock"), "");
  expect(hasNoPast(state)).toBe(false);
});

test("a history that cannot be written holds nobody up, and says why", async () => {
  const { history, said } = start("/bin/false");
  await history.mayStart;
  await until("the reason", async () => said.find((line) => line.startsWith("no demo history as")));
  expect(said.join("\n")).toContain("promtool made no blocks");
  expect(findProcess(state.run, "history")).toBeUndefined();
}, 30_000);

test("a history that is stopped ends, says nothing and leaves no text", async () => {
  const slow = join(state.root, "slow-promtool");
  writeFileSync(slow, "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
  const { history, said } = start(slow);
  await until("it to write", async () => readdirSync(state.run).includes("history") || undefined, 20_000);
  await history.stop();
  await history.mayStart;
  expect(findProcess(state.run, "history")).toBeUndefined();
  expect(said).toEqual([]);
}, 30_000);
