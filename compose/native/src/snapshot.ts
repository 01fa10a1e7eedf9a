import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@watchkeeper/process/clock";
import type { StateFolder } from "./paths.ts";
import { findProcess, type ProcessRecord } from "./records.ts";
import { StackError } from "./stack-error.ts";
import type { ProcessStatus } from "./supervised-process.ts";

/** What the supervisor says about the stack, in a file that other commands read. */
export interface Snapshot {
  readonly writtenAtMs: number;
  readonly supervisorPid: number;
  readonly portBase: number;
  readonly startedAtMs: number;
  /** From the end of downloads to everything healthy; null while it is not yet so. */
  readonly readyAfterMs: number | null;
  readonly processes: readonly ProcessStatus[];
}

/** Name under which the supervisor writes itself down among the processes. */
export const SUPERVISOR = "supervisor";

/** The supervisor writes at least this often; a file that is much older is of one that hangs. */
export const SNAPSHOT_EVERY_MS = 1_000;
const STALE_AFTER_MS = 15_000;

const fileOf = (state: StateFolder): string => join(state.run, "snapshot.json");

export function writeSnapshot(state: StateFolder, snapshot: Snapshot): void {
  const temporary = `${fileOf(state)}.new`;
  writeFileSync(temporary, JSON.stringify(snapshot));
  renameSync(temporary, fileOf(state));
}

/** @throws StackError when the file is there and cannot be read as a snapshot */
export function readSnapshot(state: StateFolder): Snapshot | undefined {
  let text: string;
  try {
    text = readFileSync(fileOf(state), "utf8");
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text) as Snapshot;
  } catch {
    throw new StackError(`Cannot read ${fileOf(state)} as it is damaged: run npm run stop, then npm start`);
  }
}

export const isStale = (snapshot: Snapshot): boolean =>
  systemClock.now() - snapshot.writtenAtMs > STALE_AFTER_MS;

/** The supervisor that runs on this state folder, if one does. */
export const findSupervisor = (state: StateFolder): ProcessRecord | undefined =>
  findProcess(state.run, SUPERVISOR);
