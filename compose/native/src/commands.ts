import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { systemClock } from "@watchkeeper/process/clock";
import type { StateFolder } from "./paths.ts";
import { TOOLS_FOLDER } from "./paths.ts";
import { removePostgresHome } from "./postgres.ts";
import { endProcesses, findProcesses, forgetProcess, signalProcess } from "./records.ts";
import { findSupervisor, isStale, readSnapshot, type Snapshot, SUPERVISOR } from "./snapshot.ts";
import { StackError } from "./stack-error.ts";
import { openSupervisorLog } from "./start.ts";
import { isAllHealthy, renderStatus } from "./status-report.ts";
import { heldFile, heldFolder } from "./supervisor.ts";

type Print = (text: string) => void;

const POLL_MS = 100;
/** Past the supervisor's own budget of 5 s, with room for a machine under load. */
const STOP_PATIENCE_MS = 15_000;
/** For one process to become healthy or to end after a person's wish. */
const WISH_PATIENCE_MS = 60_000;

/** Starts a supervisor in the background and shows what it says until everything is healthy. @returns the exit code */
export async function startDetached(
  program: readonly string[],
  state: StateFolder,
  print: Print,
): Promise<number> {
  const { file, descriptor } = openSupervisorLog(state);
  const child = spawn(process.execPath, program, {
    detached: true,
    stdio: ["ignore", descriptor, descriptor],
  });
  closeSync(descriptor);
  let exitCode: number | null = null;
  child.once("exit", (code) => {
    exitCode = code ?? 1;
  });
  let shown = 0;
  const show = (): void => {
    const text = readFileSync(file, "utf8");
    if (text.length > shown) print(text.slice(shown));
    shown = text.length;
  };
  for (;;) {
    const ended = exitCode !== null;
    const ready =
      child.pid !== undefined && findSupervisor(state)?.pid === child.pid && isReady(state, child.pid);
    show();
    if (ended || ready) break;
    await systemClock.sleep(POLL_MS);
  }
  child.unref();
  return exitCode ?? 0;
}

const isReady = (state: StateFolder, pid: number): boolean => {
  const snapshot = readSnapshot(state);
  return snapshot?.supervisorPid === pid && snapshot.readyAfterMs !== null;
};

/** Ends the stack, also one whose supervisor was killed. */
export async function stopStack(state: StateFolder, print: Print): Promise<number> {
  const supervisor = findSupervisor(state);
  if (supervisor) {
    const sinceMs = systemClock.now();
    signalProcess(supervisor, "SIGTERM");
    while (findSupervisor(state) && systemClock.now() - sinceMs < STOP_PATIENCE_MS)
      await systemClock.sleep(POLL_MS);
    if (findSupervisor(state)) signalProcess(supervisor, "SIGKILL");
  }
  const left = findProcesses(state.run).filter(({ name }) => name !== SUPERVISOR);
  await endProcesses(left, ({ name }) => (name.endsWith("postgres") ? "SIGINT" : "SIGTERM"), 4_000);
  for (const { name } of left) forgetProcess(state.run, name);
  if (!supervisor && left.length === 0) print("Watchkeeper is not running\n");
  else
    print(
      left.length === 0
        ? "stopped\n"
        : `stopped, with what was left behind: ${left.map(({ name }) => name).join(", ")}\n`,
    );
  return 0;
}

function requireRunning(state: StateFolder, wish: string): Snapshot {
  const snapshot = findSupervisor(state) ? readSnapshot(state) : undefined;
  if (!snapshot) throw new StackError(`Cannot ${wish} as Watchkeeper is not running: run npm start first`);
  return snapshot;
}

/** Stops one process of the running stack, or starts it again, and waits until it is so. */
export async function wishFor(
  state: StateFolder,
  name: string,
  wish: "stop" | "start",
  print: Print,
): Promise<number> {
  const { processes } = requireRunning(state, `${wish} ${name}`);
  if (!processes.some((process) => process.name === name)) {
    throw new StackError(
      `Cannot ${wish} ${name} as there is no such process: known are ${processes.map((process) => process.name).join(", ")}`,
    );
  }
  mkdirSync(heldFolder(state), { recursive: true });
  if (wish === "stop") writeFileSync(heldFile(state, name), "");
  else rmSync(heldFile(state, name), { force: true });
  const wanted = wish === "stop" ? "held" : "healthy";
  const deadlineMs = systemClock.now() + WISH_PATIENCE_MS;
  for (;;) {
    const process = requireRunning(state, `${wish} ${name}`).processes.find((other) => other.name === name);
    if (process?.state === wanted) {
      print(
        wish === "stop"
          ? `${name} is stopped; npm start -- ${name} starts it again\n`
          : `${name} is healthy\n`,
      );
      return 0;
    }
    if (systemClock.now() > deadlineMs) {
      throw new StackError(
        `Cannot ${wish} ${name} as it is still ${process?.state}: ${process?.reason ?? "see its log"}`,
      );
    }
    await systemClock.sleep(POLL_MS);
  }
}

/** Prints how everything is. @returns 0 only when all of it is healthy */
export function showStatus(state: StateFolder, print: Print): number {
  const supervisor = findSupervisor(state);
  const snapshot = supervisor && readSnapshot(state);
  if (!snapshot) {
    const orphans = findProcesses(state.run).map(({ name }) => name);
    print(
      orphans.length === 0
        ? "Watchkeeper is not running: npm start runs it\n"
        : `The supervisor was killed and left running: ${orphans.join(", ")}. Run npm start or npm run stop\n`,
    );
    return 1;
  }
  print(`${renderStatus(state, snapshot)}\n`);
  if (isStale(snapshot)) print("The supervisor does not answer: run npm run stop, then npm start\n");
  return isAllHealthy(snapshot) && !isStale(snapshot) ? 0 : 1;
}

/** Removes everything that this machine added to the clone, but for the downloaded servers. */
export async function resetStack(state: StateFolder, isAgreed: boolean, print: Print): Promise<number> {
  if (findProcesses(state.run).length > 0) {
    throw new StackError("Cannot reset as Watchkeeper is running: run npm run stop first");
  }
  const parts = [state.data, state.secrets, state.logs, state.run].filter(existsSync);
  if (parts.length === 0) {
    print("There is nothing to remove\n");
    return 0;
  }
  if (!isAgreed && !(await agrees(parts))) return 1;
  removePostgresHome(state.data);
  for (const part of parts) rmSync(part, { recursive: true, force: true });
  print(`Removed ${parts.join(", ")}; the downloaded servers stay in ${TOOLS_FOLDER}\n`);
  return 0;
}

async function agrees(parts: readonly string[]): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new StackError(
      "Cannot reset without being asked to: run npm run reset -- --yes to remove all data and secrets",
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`Remove all data and secrets (${parts.join(", ")})? Type yes: `);
  terminal.close();
  return answer.trim() === "yes";
}
