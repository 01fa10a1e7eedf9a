import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@watchkeeper/process/clock";
import { reasonOf } from "@watchkeeper/process/main";
import { readMetricsToken } from "@watchkeeper/process/metrics-token";
import { writeConfiguration } from "./configuration.ts";
import type { ProcessDefinition } from "./definition.ts";
import { createDemoHistory, type DemoHistory, hasNoPast } from "./demo-history.ts";
import { defineOwnProcesses } from "./own-processes.ts";
import { PROJECT_ROOT, type StateFolder } from "./paths.ts";
import { requireFreePorts } from "./ports.ts";
import { ensureCluster, preparePostgresHome } from "./postgres.ts";
import { endProcesses, findProcesses, forgetProcess, recordProcess } from "./records.ts";
import { ensureSecrets, secretFile } from "./secrets.ts";
import { defineServers } from "./servers.ts";
import type { StackSettings } from "./settings.ts";
import { findSupervisor, SNAPSHOT_EVERY_MS, type Snapshot, SUPERVISOR, writeSnapshot } from "./snapshot.ts";
import { StackError } from "./stack-error.ts";
import { ensureStateFolder } from "./state-folder.ts";
import { renderStatus } from "./status-report.ts";
import { createSupervisor } from "./supervisor.ts";
import { obtainTools, type Tools } from "./tools.ts";
import { watchSources } from "./watch-sources.ts";

export interface StartOptions {
  readonly settings: StackSettings;
  readonly state: StateFolder;
  readonly withTraffic: boolean;
  /** Whether a first start makes up a past, so that boards have something to show. */
  readonly withHistory: boolean;
  /** Whether processes start again when their sources change. */
  readonly watch: boolean;
  readonly report: (line: string) => void;
  /** Aborted when a person wants it to end. */
  readonly signal: AbortSignal;
}

/** Starts the stack and runs it until the signal. @throws StackError with the one line that a person needs */
export async function runStack(options: StartOptions): Promise<void> {
  if (process.platform !== "linux") {
    throw new StackError(`Cannot start as this is ${process.platform}: the native stack runs on Linux only`);
  }
  ensureStateFolder(options.state);
  claimStateFolder(options.state);
  try {
    await endOrphans(options.state, options.report);
    const tools = await obtainTools(options.report);
    await requireFreePorts(options.settings.portBase);
    if (!options.signal.aborted) await supervise(options, tools);
  } finally {
    forgetProcess(options.state.run, SUPERVISOR);
  }
}

/** Makes sure that only one supervisor uses the folder. */
function claimStateFolder(state: StateFolder): void {
  const other = findSupervisor(state);
  if (other && other.pid !== process.pid) {
    throw new StackError(
      `Cannot start as Watchkeeper already runs here (process ${other.pid}): see npm run status, end it with npm run stop`,
    );
  }
  recordProcess(state.run, SUPERVISOR, process.pid);
}

/** Ends what a supervisor left behind that was killed. Stores get the signal with which they close their files. */
async function endOrphans(state: StateFolder, report: StartOptions["report"]): Promise<void> {
  const orphans = findProcesses(state.run).filter(({ name }) => name !== SUPERVISOR);
  if (orphans.length === 0) return;
  report(`ending what an earlier start left behind: ${orphans.map(({ name }) => name).join(", ")}`);
  await endProcesses(orphans, ({ name }) => (name.endsWith("postgres") ? "SIGINT" : "SIGTERM"), 4_000);
  for (const { name } of orphans) forgetProcess(state.run, name);
}

interface Defined {
  readonly definitions: readonly ProcessDefinition[];
  readonly history?: DemoHistory | undefined;
}

/** Makes data folders, secrets and configuration where they are missing, and says what is to run. */
async function defineProcesses(
  { settings, state, withTraffic, withHistory, report }: StartOptions,
  tools: Tools,
): Promise<Defined> {
  const { portBase, handedOn } = settings;
  const secrets = ensureSecrets(state.secrets);
  const ingestToken = secretFile(state.secrets, "pager-ingest-token");
  const configuration = writeConfiguration(
    join(PROJECT_ROOT, "prometheus"),
    state.run,
    portBase,
    ingestToken,
    readMetricsToken(handedOn),
  );
  // First of all: it takes longest, and everything but Prometheus starts beside it.
  const history =
    withHistory && hasNoPast(state)
      ? createDemoHistory({ state, portBase, tools, configuration, report })
      : undefined;
  const postgres = preparePostgresHome(state.data);
  await Promise.all([
    ensureCluster(postgres, "directory-postgres", secrets["directory-postgres-superuser"]),
    ensureCluster(postgres, "pager-postgres", secrets["pager-postgres-superuser"]),
  ]);
  return {
    history,
    definitions: [
      ...defineServers({
        portBase,
        state,
        secrets,
        tools,
        postgres,
        configuration,
        pastIsThere: history?.mayStart,
      }),
      ...defineOwnProcesses({ portBase, state, secrets, handedOn, withTraffic }),
    ],
  };
}

const HOW_TO_BREAK_IT =
  "Break it to see it work: npm run stop -- app (a page arrives after about 100 s), npm start -- app mends it.";

async function supervise(options: StartOptions, tools: Tools): Promise<void> {
  const { settings, state, report, signal } = options;
  const startedAtMs = systemClock.now();
  let readyAfterMs: number | null = null;
  const { definitions, history } = await defineProcesses(options, tools);
  const snapshot = (): Snapshot => ({
    writtenAtMs: systemClock.now(),
    supervisorPid: process.pid,
    portBase: settings.portBase,
    startedAtMs,
    readyAfterMs,
    processes: supervisor.statuses(),
  });
  const publish = (): void => writeSnapshot(state, snapshot());
  const supervisor = createSupervisor(definitions, { state, report, onChange: publish });
  const heartbeat = setInterval(publish, SNAPSHOT_EVERY_MS);
  try {
    await Promise.race([supervisor.start(), whenAborted(signal)]);
    if (signal.aborted) return;
    readyAfterMs = systemClock.now() - startedAtMs;
    report(`\n${renderStatus(state, snapshot())}\n\n${HOW_TO_BREAK_IT}`);
    // Only now: who waits for the snapshot may stop listening to what is said.
    publish();
    if (options.watch) watchSources({ definitions, supervisor, settings, state, report, signal });
    await whenAborted(signal);
  } catch (error) {
    throw new StackError(`Cannot start as ${reasonOf(error)}`);
  } finally {
    report("stopping …");
    const sinceMs = systemClock.now();
    await Promise.all([supervisor.stop(), history?.stop()]);
    clearInterval(heartbeat);
    publish();
    report(`stopped in ${((systemClock.now() - sinceMs) / 1000).toFixed(1)} s`);
  }
}

const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** Opens the file that takes what a supervisor in the background says. */
export function openSupervisorLog(state: StateFolder): { file: string; descriptor: number } {
  mkdirSync(state.logs, { recursive: true, mode: 0o700 });
  const file = join(state.logs, `${SUPERVISOR}.log`);
  return { file, descriptor: openSync(file, "w", 0o600) };
}
