import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { systemClock } from "@watchkeeper/process/clock";
import { startMark } from "./proc.ts";

/**
 * A process that we started, written down so that a later start or stop finds it when the supervisor was killed.
 * The start mark makes sure that we never end a stranger who got the same number.
 */
export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
  readonly startMark: string;
}

const folderOf = (runFolder: string): string => join(runFolder, "processes");
const fileOf = (runFolder: string, name: string): string => join(folderOf(runFolder), `${name}.json`);

/** Writes a process down. One that has already ended is not worth a record. */
export function recordProcess(runFolder: string, name: string, pid: number): void {
  const mark = startMark(pid);
  if (!mark) return;
  mkdirSync(folderOf(runFolder), { recursive: true });
  writeFileSync(
    fileOf(runFolder, name),
    JSON.stringify({ name, pid, startMark: mark } satisfies ProcessRecord),
  );
}

export const forgetProcess = (runFolder: string, name: string): void =>
  rmSync(fileOf(runFolder, name), { force: true });

/** The recorded process of that name, if it is still the same and still runs. */
export function findProcess(runFolder: string, name: string): ProcessRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(fileOf(runFolder, name), "utf8")) as ProcessRecord;
    return startMark(record.pid) === record.startMark ? record : undefined;
  } catch {
    return undefined;
  }
}

/** All recorded processes that still run. */
export function findProcesses(runFolder: string): ProcessRecord[] {
  try {
    return readdirSync(folderOf(runFolder))
      .map((file) => findProcess(runFolder, basename(file, ".json")))
      .filter((record) => record !== undefined);
  } catch {
    return [];
  }
}

const POLL_MS = 20;

/** Waits until recorded processes are gone. @returns those that still run after `budgetMs` */
async function waitUntilGone(records: readonly ProcessRecord[], budgetMs: number): Promise<ProcessRecord[]> {
  const deadline = systemClock.now() + budgetMs;
  for (;;) {
    const alive = records.filter((record) => startMark(record.pid) === record.startMark);
    if (alive.length === 0 || systemClock.now() >= deadline) return alive;
    await systemClock.sleep(POLL_MS);
  }
}

/** Sends a signal to a recorded process; one that has just ended is fine. */
export function signalProcess(record: ProcessRecord, signal: NodeJS.Signals): void {
  try {
    if (startMark(record.pid) === record.startMark) process.kill(record.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Ends processes: the signal that suits each, then SIGKILL for those that have not ended in time. */
export async function endProcesses(
  records: readonly ProcessRecord[],
  signalFor: (record: ProcessRecord) => NodeJS.Signals,
  budgetMs: number,
): Promise<void> {
  for (const record of records) signalProcess(record, signalFor(record));
  const stubborn = await waitUntilGone(records, budgetMs);
  for (const record of stubborn) signalProcess(record, "SIGKILL");
  await waitUntilGone(stubborn, 1_000);
}
