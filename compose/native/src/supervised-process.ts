import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { type Clock, systemClock } from "@watchkeeper/process/clock";
import type { ProcessDefinition } from "./definition.ts";
import { lastReason } from "./logs.ts";
import { ask } from "./probes.ts";
import { endProcesses, findProcess, forgetProcess, recordProcess } from "./records.ts";

/**
 *              probe ok                   probe fails
 *  starting ─────────────► healthy ◄───────────────────► unhealthy
 *     ▲  │                    │                              │
 *     │  └──── exits ─────────┼──────────── exits ───────────┘
 *     │                       ▼
 *     └── backoff over ── restarting          held: stopped by a person, until a person starts it again
 */
export type ProcessState =
  | "waiting"
  | "starting"
  | "healthy"
  | "unhealthy"
  | "restarting"
  | "held"
  | "stopped";

export interface ProcessStatus {
  readonly name: string;
  readonly state: ProcessState;
  readonly sinceMs: number;
  readonly restarts: number;
  /** Why it is not healthy, where that is known. */
  readonly reason?: string | undefined;
  /** What a person opens, where there is something to open. */
  readonly address?: string | undefined;
}

export interface SupervisedProcess {
  readonly definition: ProcessDefinition;
  status(): ProcessStatus;
  /** Resolves when the process is healthy and prepared for the first time. Rejects when it gave up before that. */
  readonly ready: Promise<void>;
  start(): void;
  /** Ends the process and leaves it ended. */
  stop(state: "held" | "stopped", budgetMs: number): Promise<void>;
  restart(): Promise<void>;
}

const PROBE_WHILE_STARTING_MS = 100;
const PROBE_WHILE_RUNNING_MS = 2_000;
const BACKOFF_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;
/** After so long without a fall, the next one is treated like the first. */
const BACKOFF_FORGOTTEN_MS = 60_000;
/** Ends in a row before the first healthy moment after which the start as a whole fails. */
const FIRST_START_ATTEMPTS = 3;
const FIRST_START_BUDGET_MS = 60_000;

/** What a supervised process needs beside its definition. */
export interface SupervisedOptions {
  readonly runFolder: string;
  readonly logFile: string;
  readonly clock?: Clock;
  /** Told of every change worth a person's attention. */
  readonly report: (line: string) => void;
  readonly onChange: () => void;
}

/** Keeps one process running: starts it, probes it, starts it again with growing pauses when it ends by itself. */
export function createSupervisedProcess(
  definition: ProcessDefinition,
  options: SupervisedOptions,
): SupervisedProcess {
  const { runFolder, logFile, report, onChange, clock = systemClock } = options;
  const { name } = definition;
  let state: ProcessState = "waiting";
  let sinceMs = clock.now();
  let reason: string | undefined;
  let restarts = 0;
  let fallsInARow = 0;
  let prepared = false;
  /** Ends the watching of the child that runs now; a new child gets a new one. */
  let watching = new AbortController();
  let settle: { resolve: () => void; reject: (error: Error) => void };
  const ready = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  ready.catch(() => undefined);

  const become = (next: ProcessState, why?: string): void => {
    if (next !== state) sinceMs = clock.now();
    const changed = next !== state || why !== reason;
    state = next;
    reason = why;
    if (changed) onChange();
  };

  function launch(): void {
    watching.abort();
    watching = new AbortController();
    become("starting");
    const log = openSync(logFile, "a", 0o600);
    const child = spawn(definition.command, definition.args, {
      cwd: definition.cwd,
      env: definition.env,
      // A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which ends things in order.
      detached: true,
      stdio: ["ignore", log, log],
      ...(definition.uid === undefined ? {} : { uid: definition.uid, gid: definition.uid }),
    });
    closeSync(log);
    if (child.pid !== undefined) recordProcess(runFolder, name, child.pid);
    const { signal } = watching;
    child.once("error", (error) => onEnd(`cannot run: ${error.message}`, signal));
    child.once("exit", (code, killedBy) =>
      onEnd(killedBy ? `killed by ${killedBy}` : `exit code ${code}`, signal),
    );
    void watch(child, signal);
  }

  async function watch(child: ChildProcess, signal: AbortSignal): Promise<void> {
    const startedMs = clock.now();
    while (!signal.aborted) {
      const why = await ask(definition.probe);
      if (signal.aborted || child.exitCode !== null) return;
      if (why === undefined) await onHealthy(startedMs);
      else if (state === "healthy") {
        report(`${name} is unhealthy: ${why}`);
        become("unhealthy", why);
      } else if (state === "starting" && !prepared && clock.now() - startedMs > FIRST_START_BUDGET_MS) {
        giveUp(`not healthy after ${FIRST_START_BUDGET_MS / 1000} s: ${why}`);
      } else become(state, why);
      if (clock.now() - sinceMs > BACKOFF_FORGOTTEN_MS && state === "healthy") fallsInARow = 0;
      await clock.sleep(state === "starting" ? PROBE_WHILE_STARTING_MS : PROBE_WHILE_RUNNING_MS, signal);
    }
  }

  async function onHealthy(startedMs: number): Promise<void> {
    if (!prepared) {
      try {
        await definition.prepare?.();
      } catch (error) {
        giveUp(`it cannot be prepared: ${(error as Error).message}`);
        return;
      }
      prepared = true;
      settle.resolve();
    }
    if (state === "unhealthy") report(`${name} is healthy again`);
    if (state === "starting" && restarts > 0)
      report(`${name} runs again after ${seconds(clock.now() - startedMs)}`);
    become("healthy");
  }

  function onEnd(how: string, signal: AbortSignal): void {
    if (signal.aborted) return;
    watching.abort();
    forgetProcess(runFolder, name);
    fallsInARow += 1;
    const said = lastReason(logFile);
    const why = said ? `${how}: ${said}` : how;
    if (!prepared && fallsInARow >= FIRST_START_ATTEMPTS) {
      giveUp(why);
      return;
    }
    const pauseMs = BACKOFF_MS[Math.min(fallsInARow, BACKOFF_MS.length) - 1] ?? 0;
    restarts += 1;
    become("restarting", why);
    report(`${name} ended (${why}); starting it again in ${seconds(pauseMs)}; log: ${logFile}`);
    watching = new AbortController();
    const { signal: wished } = watching;
    void clock.sleep(pauseMs, wished).then(() => {
      if (!wished.aborted) launch();
    });
  }

  function giveUp(why: string): void {
    watching.abort();
    become("stopped", why);
    settle.reject(new Error(`${name} does not run: ${why}; log: ${logFile}`));
  }

  const self: SupervisedProcess = {
    definition,
    ready,
    status: () => ({ name, state, sinceMs, restarts, reason, address: definition.address }),
    start() {
      fallsInARow = 0;
      launch();
    },
    async stop(next, budgetMs) {
      watching.abort();
      const record = findProcess(runFolder, name);
      if (record) await endProcesses([record], () => definition.stopSignal, budgetMs);
      forgetProcess(runFolder, name);
      become(next);
    },
    async restart() {
      await self.stop("stopped", 3_000);
      launch();
    },
  };
  return self;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
