import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { stateFolder } from "@watchkeeper/native/paths";
import { portOf } from "@watchkeeper/native/ports";
import { findProcesses } from "@watchkeeper/native/records";
import { until } from "@watchkeeper/testing/poll";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  createStack,
  pidOf,
  readSecret,
  removeStack,
  runCommand,
  type Stack,
  spawnCommand,
} from "./stack.ts";

const PORT_BASE = 34_700;

let stack: Stack;
beforeEach(() => {
  stack = createStack(PORT_BASE);
});
afterEach(() => removeStack(stack));

const stores = ["directory-postgres", "pager-postgres"] as const;
type Store = (typeof stores)[number];

/** Runs SQL on one of the stack's databases as its superuser. */
async function onDatabase(store: Store, sql: string): Promise<unknown[]> {
  const password = readSecret(stack, `${store}-superuser`);
  const client = new Client({
    connectionString: `postgres://postgres:${password}@127.0.0.1:${portOf(PORT_BASE, store, "postgres")}/postgres`,
  });
  await client.connect();
  const { rows } = await client.query(sql).finally(() => client.end());
  return rows;
}

const writeMark = (store: Store) => onDatabase(store, "create table mark as select 'kept'::text as text");
const readMark = (store: Store) => onDatabase(store, "select text from mark");

const start = (): ReturnType<typeof runCommand> => runCommand(stack, ["start", "--detach", "--no-traffic"]);
const running = (): string[] => findProcesses(stateFolder(stack.stateRoot).run).map(({ name }) => name);

test("a supervisor that is killed leaves nothing that the next start does not find, and no data is lost", async () => {
  const started = await start();
  expect(started).toMatchObject({ code: 0, stderr: "" });
  expect(started.stdout).toContain("cold start");
  const secret = readSecret(stack, "directory-postgres-app");
  for (const store of stores) await writeMark(store);

  expect((await start()).stderr + (await start()).stdout).toMatch(
    /Cannot start as Watchkeeper already runs here/,
  );

  process.kill(pidOf(stack, "supervisor"), "SIGKILL");
  await until("the supervisor's end", () => !running().includes("supervisor") || undefined);
  expect(running()).toContain("directory-postgres");
  expect(await runCommand(stack, ["status"])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("The supervisor was killed and left running"),
  });

  const again = await start();
  expect(again.code).toBe(0);
  expect(again.stdout).toContain("ending what an earlier start left behind");
  expect(readSecret(stack, "directory-postgres-app")).toBe(secret);
  expect((await runCommand(stack, ["status"])).code).toBe(0);
  for (const store of stores) expect(await readMark(store)).toEqual([{ text: "kept" }]);

  expect(await runCommand(stack, ["reset", "--yes"])).toMatchObject({
    code: 1,
    stderr: "Cannot reset as Watchkeeper is running: run npm run stop first\n",
  });
  expect(await runCommand(stack, ["stop"])).toMatchObject({ code: 0, stdout: "stopped\n" });
  expect(running()).toEqual([]);
});

test("Ctrl-C ends everything", async () => {
  const child = spawnCommand(stack, ["start", "--no-traffic"]);
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  await until("the table", () => said.includes("Break it to see it work") || undefined, 120_000);
  const exited = once(child, "exit");
  child.kill("SIGINT");
  expect(await exited).toEqual([0, null]);
  expect(said).toMatch(/stopped in [0-4]\.\d s/);
  expect(running()).toEqual([]);
});

test("a taken port is refused by name before anything starts", async () => {
  const blocker = createServer().listen(portOf(PORT_BASE, "prometheus", "http"), "127.0.0.1");
  await once(blocker, "listening");
  const refused = await runCommand(stack, ["start"]);
  blocker.close();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(
    /^Cannot start as port 34710 \(Prometheus\) is taken by process \d+ .*WATCHKEEPER_PORT_BASE.*\n$/,
  );
  expect(running()).toEqual([]);
});

test("a service that refuses its settings fails the start with its own one line", async () => {
  const refused = await runCommand(stack, ["start", "--no-traffic"], {
    WATCHKEEPER_PAGER_SLACK_TOKN: "xoxb-typo",
  });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(
    /^Cannot start as pager does not run: .*Cannot use WATCHKEEPER_PAGER_SLACK_TOKN as there is no such setting/,
  );
  expect(refused.stderr).not.toContain("xoxb-typo");
  expect(running()).toEqual([]);
});

test("mistakes of the command line are one line each", async () => {
  const mistakes: [string[], Record<string, string>, RegExp][] = [
    [
      ["start", "--detatch"],
      {},
      /^Cannot run npm run start: .*--detatch.*\(it takes: the name of a process, --detach, --no-traffic, --no-history\)\n$/,
    ],
    [["status", "app"], {}, /^Cannot run npm run status: /],
    [["stop", "app"], {}, /^Cannot stop app as Watchkeeper is not running: run npm start first\n$/],
    [
      ["start"],
      { WATCHKEEPER_PORT_BASE: "x" },
      /^Cannot use WATCHKEEPER_PORT_BASE as it must be a whole number/,
    ],
    [["start"], { WATCHKEEPER_PROT_BASE: "4800" }, /^Cannot use WATCHKEEPER_PROT_BASE as nothing reads it/],
    [["reset"], {}, /^(There is nothing|Cannot reset without being asked)/],
    [["frobnicate"], {}, /^Cannot run "frobnicate" as there is no such command/],
  ];
  for (const [args, env, message] of mistakes) {
    const { code, stdout, stderr } = await runCommand(stack, args, env);
    expect(stderr || stdout).toMatch(message);
    expect(stderr.trim().split("\n").length).toBe(1);
    if (args[0] !== "reset") expect(code).toBe(1);
  }
});

test("a state folder that is no folder is refused and left as it is", async () => {
  rmSync(stack.stateRoot, { recursive: true });
  writeFileSync(stack.stateRoot, "precious");
  const refused = await runCommand(stack, ["start"]);
  expect(refused.stderr).toMatch(
    /^Cannot use .* as it is no folder that can be written to \(\w+\): move it away\n$/,
  );
  expect(readFileSync(stack.stateRoot, "utf8")).toBe("precious");
  expect(existsSync(stack.stateRoot)).toBe(true);
});
