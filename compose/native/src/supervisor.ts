import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "@watchkeeper/process/clock";
import type { ProcessDefinition } from "./definition.ts";
import { rotate } from "./logs.ts";
import type { StateFolder } from "./paths.ts";
import { createSupervisedProcess, type ProcessStatus, type SupervisedProcess } from "./supervised-process.ts";

/** Runs all processes of the stack. */
export interface Supervisor {
  /** Starts everything in the order of what needs what. @throws Error that says which process could not start and why */
  start(): Promise<void>;
  statuses(): ProcessStatus[];
  restart(name: string): Promise<void>;
  /** Ends everything: those that write first, the stores they write to last. */
  stop(): Promise<void>;
}

export interface SupervisorOptions {
  readonly state: StateFolder;
  readonly report: (line: string) => void;
  readonly onChange: () => void;
  readonly clock?: Clock;
}

/** Together under the 5 s that a person waits after Ctrl-C. */
const STOP_BUDGET_MS = { processes: 2_800, stores: 1_600 } as const;
const HOLD_POLL_MS = 200;
const ROTATE_EVERY_MS = 10_000;

/** A file of this name in this folder is a person's wish that the process be stopped. */
export const heldFolder = (state: StateFolder): string => join(state.run, "held");
export const heldFile = (state: StateFolder, name: string): string => join(heldFolder(state), name);

export function createSupervisor(
  definitions: readonly ProcessDefinition[],
  { state, report, onChange, clock = systemClock }: SupervisorOptions,
): Supervisor {
  const processes = new Map<string, SupervisedProcess>(
    definitions.map((definition) => [
      definition.name,
      createSupervisedProcess(definition, {
        runFolder: state.run,
        logFile: join(state.logs, `${definition.name}.log`),
        clock,
        report,
        onChange,
      }),
    ]),
  );
  const closing = new AbortController();
  const all = [...processes.values()];

  async function startAfterNeeds(process: SupervisedProcess): Promise<void> {
    const needs = process.definition.after.map((name) => {
      const needed = processes.get(name);
      if (!needed) throw new Error(`${process.definition.name} needs ${name}, which is not defined`);
      return needed.ready;
    });
    await Promise.all([...needs, process.definition.before]);
    if (closing.signal.aborted) return;
    process.start();
    await process.ready;
    const { sinceMs } = process.status();
    report(
      `✓ ${process.definition.title} (${process.definition.name}) after ${elapsed(sinceMs - startedMs)}`,
    );
  }

  let startedMs = clock.now();

  /** Level-triggered: what counts is whether the file is there, not when it came. */
  async function followWishes(): Promise<void> {
    while (!closing.signal.aborted) {
      for (const process of all) {
        const { name } = process.definition;
        const isHeld = process.status().state === "held";
        const shouldBeHeld = existsSync(heldFile(state, name));
        if (shouldBeHeld && !isHeld) {
          await process.stop("held", STOP_BUDGET_MS.processes);
          report(`${name} is stopped, as you wished; npm start -- ${name} starts it again`);
        } else if (!shouldBeHeld && isHeld) {
          report(`${name} is starting, as you wished`);
          process.start();
        }
      }
      await clock.sleep(HOLD_POLL_MS, closing.signal);
    }
  }

  async function boundLogs(): Promise<void> {
    while (!closing.signal.aborted) {
      for (const { name } of definitions) rotate(join(state.logs, `${name}.log`));
      await clock.sleep(ROTATE_EVERY_MS, closing.signal);
    }
  }

  return {
    async start() {
      startedMs = clock.now();
      rmSync(heldFolder(state), { recursive: true, force: true });
      mkdirSync(heldFolder(state), { recursive: true });
      await Promise.all(all.map(startAfterNeeds));
      void followWishes();
      void boundLogs();
    },
    statuses: () => all.map((process) => process.status()),
    async restart(name) {
      await processes.get(name)?.restart();
    },
    async stop() {
      closing.abort();
      const stopAll = (some: readonly SupervisedProcess[], budgetMs: number) =>
        Promise.all(some.map((process) => process.stop("stopped", budgetMs)));
      await stopAll(
        all.filter(({ definition }) => !definition.isStore),
        STOP_BUDGET_MS.processes,
      );
      await stopAll(
        all.filter(({ definition }) => definition.isStore),
        STOP_BUDGET_MS.stores,
      );
    },
  };
}

const elapsed = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
