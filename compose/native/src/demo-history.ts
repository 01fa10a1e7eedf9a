import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, setPriority } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import type { Configuration } from "./configuration.ts";
import { PROJECT_ROOT, type StateFolder } from "./paths.ts";
import { endProcesses, findProcess, forgetProcess, recordProcess } from "./records.ts";
import type { Tools } from "./tools.ts";

export interface DemoHistoryOptions {
  readonly state: StateFolder;
  readonly portBase: number;
  readonly tools: Tools;
  readonly configuration: Configuration;
  readonly report: (line: string) => void;
}

/** A history that is being written beside everything else. */
export interface DemoHistory {
  /** Resolves as soon as Prometheus may start, also when there will be no history. */
  readonly mayStart: Promise<void>;
  /** Ends the writing; days that are not written yet stay empty. */
  stop(): Promise<void>;
}

const NAME = "history";
const END_BUDGET_MS = 1_000;
/** A stack without a past is better than none: past this Prometheus starts in any case. */
const LONGEST_WAIT_MS = 30_000;

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** Where Prometheus keeps what it records. */
export const prometheusData = (state: StateFolder): string => join(state.data, "prometheus");

/** Whether Prometheus has never run here: a past must not be made up beside one that was measured. */
export const hasNoPast = (state: StateFolder): boolean =>
  !existsSync(prometheusData(state)) || readdirSync(prometheusData(state)).length === 0;

/** Lets everybody else go first; a process that has just ended needs no manners. */
function giveWay(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SYSTEM_ERROR") throw error;
  }
}

/** Writes a made-up month into Prometheus' data, in a process of its own that soon gives way to all others. */
export function createDemoHistory(options: DemoHistoryOptions): DemoHistory {
  const { state, portBase, tools, configuration, report } = options;
  const { path, env } = tools.promtool;
  const child = spawn(process.execPath, ["--import", tsx, join(PROJECT_ROOT, "history/src/main.ts")], {
    cwd: PROJECT_ROOT,
    // A session of its own, as all processes of the stack: the supervisor ends it in order.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH ?? "/usr/bin:/bin",
      ...(process.env.TZ ? { TZ: process.env.TZ } : {}),
      WATCHKEEPER_HISTORY_INTO: prometheusData(state),
      WATCHKEEPER_HISTORY_WORK_DIR: join(state.run, NAME),
      WATCHKEEPER_HISTORY_PROMTOOL: path,
      ...(env.LD_LIBRARY_PATH ? { WATCHKEEPER_HISTORY_LIBRARY_PATH: env.LD_LIBRARY_PATH } : {}),
      WATCHKEEPER_HISTORY_PORT_BASE: String(portBase),
      WATCHKEEPER_HISTORY_RULES_DIR: join(dirname(configuration.prometheus), "rules"),
    },
  });
  if (child.pid !== undefined) recordProcess(state.run, NAME, child.pid);
  let stopped = false;
  let said = "";
  child.stderr.on("data", (data: Buffer) => {
    said = (said + data.toString("utf8")).slice(-500);
  });
  const ended = once(child, "close").then(
    ([code]) => code as number | null,
    (error: Error) => {
      said = error.message;
      return null;
    },
  );
  const startedMs = performance.now();
  const mayStart = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, LONGEST_WAIT_MS);
    timer.unref();
    let shown = 0;
    let gaveWay = false;
    createInterface(child.stdout).on("line", (line) => {
      const [, ready, done, of] = /^(ready )?(\d+)\/(\d+)$/.exec(line) ?? [];
      if (ready && !gaveWay) {
        gaveWay = true;
        // From here on nobody waits for it.
        giveWay(child.pid);
        resolve();
      }
      const percent = Math.floor((100 * Number(done)) / Number(of));
      if (percent < 100 && percent >= shown + 25) report(`  demo history: ${percent} %`);
      if (percent >= shown + 25) shown = percent;
    });
    void ended.then((code) => {
      clearTimeout(timer);
      resolve();
      forgetProcess(state.run, NAME);
      if (code === 0) {
        const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0);
        report(`✓ Demo history: 30 made-up days after ${seconds} s; boards show all of it within a minute`);
      } else if (!stopped) report(`no demo history as it could not be written: ${said.trim()}`);
    });
  });
  return {
    mayStart,
    async stop() {
      stopped = true;
      const record = findProcess(state.run, NAME);
      // Its promtool is in its group; what promtool has not finished Prometheus removes at its next start.
      if (record) await endProcesses([record], () => "SIGTERM", END_BUDGET_MS);
      forgetProcess(state.run, NAME);
    },
  };
}
