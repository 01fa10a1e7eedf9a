import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@watchkeeper/testing/poll";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ProcessDefinition } from "./definition.ts";
import { type StateFolder, stateFolder } from "./paths.ts";
import { findProcess } from "./records.ts";
import { createSupervisor, heldFile, type Supervisor } from "./supervisor.ts";

let state: StateFolder;
let reports: string[];
let supervisor: Supervisor | undefined;

beforeEach(() => {
  state = stateFolder(mkdtempSync(join(tmpdir(), "watchkeeper-supervisor-")));
  for (const folder of [state.run, state.logs]) mkdirSync(folder);
  reports = [];
});
afterEach(async () => {
  await supervisor?.stop();
  rmSync(state.root, { recursive: true });
});

const journal = (): string[] => readFileSync(join(state.root, "journal"), "utf8").trim().split("\n");

/** A real process that writes its start and its end into a journal. */
function define(
  name: string,
  change: Partial<ProcessDefinition> & { script?: string } = {},
): ProcessDefinition {
  const { script = "", ...rest } = change;
  const write = (event: string): string =>
    `require("fs").appendFileSync(${JSON.stringify(join(state.root, "journal"))}, "${event} ${name}\\n");`;
  const body = `${write("start")} process.on("SIGTERM", () => { ${write("end")} process.exit(0); }); setInterval(() => {}, 1e6); ${script}`;
  return {
    name,
    title: name,
    command: process.execPath,
    args: ["-e", body],
    env: {},
    cwd: state.root,
    after: [],
    probe: async () => {
      if (!journal().includes(`start ${name}`)) throw new Error("not started");
    },
    stopSignal: "SIGTERM",
    isStore: false,
    sources: [],
    ...rest,
  };
}

function supervise(...definitions: ProcessDefinition[]): Supervisor {
  supervisor = createSupervisor(definitions, {
    state,
    report: (line) => reports.push(line),
    onChange: () => undefined,
  });
  return supervisor;
}

const stateOf = (name: string): string | undefined =>
  supervisor?.statuses().find((process) => process.name === name)?.state;

test("processes start after what they need, and stores end last", async () => {
  const running = supervise(define("app", { after: ["store"] }), define("store", { isStore: true }));
  await running.start();
  expect(running.statuses().map((process) => process.state)).toEqual(["healthy", "healthy"]);
  await running.stop();
  expect(journal()).toEqual(["start store", "start app", "end app", "end store"]);
});

test("what others need is prepared before they start", async () => {
  const prepare = async (): Promise<void> =>
    writeFileSync(join(state.root, "journal"), "prepared\n", { flag: "a" });
  await supervise(define("app", { after: ["store"] }), define("store", { prepare })).start();
  expect(journal()).toEqual(["start store", "prepared", "start app"]);
});

test("a process that is killed is started again, and both are said", async () => {
  await supervise(define("app")).start();
  const { pid } = findProcess(state.run, "app") ?? { pid: 0 };
  process.kill(pid, "SIGKILL");
  await until("the new process", () => {
    const status = supervisor?.statuses()[0];
    return (status?.restarts === 1 && status.state === "healthy") || undefined;
  });
  expect(findProcess(state.run, "app")?.pid).not.toBe(pid);
  expect(reports.join("\n")).toContain("app ended (killed by SIGKILL); starting it again in 0.5 s");
  expect(reports.at(-1)).toMatch(/^app runs again after/);
});

test("a process that never becomes healthy fails the start with the reason it gave", async () => {
  const script = `console.error("Cannot read the settings: PORT is not set"); process.exit(1);`;
  await expect(
    supervise(define("app", { script, probe: () => Promise.reject(new Error("no")) })).start(),
  ).rejects.toThrow("app does not run: exit code 1: Cannot read the settings: PORT is not set; log:");
});

test("a process that a person stopped stays stopped until the wish is withdrawn", async () => {
  await supervise(define("app")).start();
  writeFileSync(heldFile(state, "app"), "");
  await until("the stop", () => stateOf("app") === "held" || undefined);
  expect(findProcess(state.run, "app")).toBeUndefined();
  rmSync(heldFile(state, "app"));
  await until("the start", () => (stateOf("app") === "healthy" && journal().length === 3) || undefined);
  expect(journal()).toEqual(["start app", "end app", "start app"]);
});

test("a process that runs and does not answer is unhealthy and is not killed for it", async () => {
  let works = true;
  const probe = async (): Promise<void> => {
    if (!works) throw new Error("the database is away");
  };
  await supervise(define("app", { probe })).start();
  const { pid } = findProcess(state.run, "app") ?? { pid: 0 };
  works = false;
  await until("unhealthy", () => stateOf("app") === "unhealthy" || undefined);
  expect(supervisor?.statuses()[0]?.reason).toBe("the database is away");
  works = true;
  await until("healthy", () => stateOf("app") === "healthy" || undefined);
  expect(findProcess(state.run, "app")?.pid).toBe(pid);
  expect(reports).toContain("app is unhealthy: the database is away");
});

test("stopping ends also a process that does not heed its signal", async () => {
  const script = `process.removeAllListeners("SIGTERM"); process.on("SIGTERM", () => {});`;
  const running = supervise(define("app", { script }), define("store", { script, isStore: true }));
  await running.start();
  await running.stop();
  expect([findProcess(state.run, "app"), findProcess(state.run, "store")]).toEqual([undefined, undefined]);
});
