import { readFile, stat } from "node:fs/promises";
import { type Clock, systemClock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import { reasonOf } from "@watchkeeper/process/main";
import { parseOnCallFile } from "./file/parse.ts";
import { buildRoster, type Roster } from "./roster.ts";

/** Whether the file as it lies there now is the one in use. */
export interface FileState {
  /** When the roster in use was read. */
  readonly readAt: Date;
  /** Why the file's newest content is not in use; null while it is. */
  readonly problem: string | null;
}

export interface RosterSource {
  current(): Roster;
  state(): FileState;
  /** Looks at the file now. Resolves whatever it holds: one that is wrong changes nothing but the state. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** Where no file is set up: no people, and so nobody to page by name. */
export function createEmptySource(): RosterSource {
  const roster = buildRoster({
    teams: {},
    people: {},
    schedules: {},
    policies: {},
    routes: [],
    catchAll: [],
  });
  const readAt = new Date();
  return {
    current: () => roster,
    state: () => ({ readAt, problem: null }),
    refresh: async () => undefined,
    close: async () => undefined,
  };
}

/** An edit is in use this much later. */
const LOOK_MS = 5_000;

/** A part of a file that is being written is read anew once it is whole; what tells versions apart. */
async function versionOf(path: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(path);
  return `${mtimeMs}/${size}/${ino}`;
}

async function readRoster(path: string): Promise<Roster> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? reasonOf(error);
    throw new Error(`Cannot read the on-call file ${path}: ${reason}`, { cause: error });
  }
  return buildRoster(parseOnCallFile(text, path));
}

/**
 * The roster of the on-call file, read again when the file changes. A start with a file that is wrong is refused; a
 * file that becomes wrong later is complained about, and the roster before stays in use.
 *
 * @throws Error of one line that names the file and the line in it
 */
export async function openRosterSource(
  path: string,
  log: Log,
  clock: Clock = systemClock,
): Promise<RosterSource> {
  let version = await versionOf(path).catch(() => "");
  let roster = await readRoster(path);
  let state: FileState = { readAt: new Date(clock.now()), problem: null };

  const refresh = async (): Promise<void> => {
    try {
      const newest = await versionOf(path);
      if (newest === version && state.problem === null) return;
      const repeated = newest === version;
      version = newest;
      if (repeated) return;
      roster = await readRoster(path);
      state = { readAt: new Date(clock.now()), problem: null };
      log.info({ path }, "on-call file read again");
    } catch (error) {
      const problem = reasonOf(error);
      if (state.problem !== problem) log.error({ path, reason: problem }, "on-call file not used");
      state = { ...state, problem };
    }
  };

  const stopping = new AbortController();
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await clock.sleep(LOOK_MS, stopping.signal);
      if (!stopping.signal.aborted) await refresh();
    }
  })();

  return {
    current: () => roster,
    state: () => state,
    refresh,
    close: async () => {
      stopping.abort();
      await looking;
    },
  };
}
