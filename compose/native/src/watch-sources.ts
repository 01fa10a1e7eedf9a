import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";
import { readMetricsToken } from "@watchkeeper/process/metrics-token";
import { writeConfiguration } from "./configuration.ts";
import type { ProcessDefinition } from "./definition.ts";
import { PROJECT_ROOT, type StateFolder } from "./paths.ts";
import { portOf } from "./ports.ts";
import { secretFile } from "./secrets.ts";
import type { StackSettings } from "./settings.ts";
import type { Supervisor } from "./supervisor.ts";

/** An editor saves in several steps, and several files at once. */
const SETTLE_MS = 300;

interface WatchOptions {
  readonly definitions: readonly ProcessDefinition[];
  readonly supervisor: Pick<Supervisor, "restart">;
  readonly settings: StackSettings;
  readonly state: StateFolder;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
  /** The clone whose sources are watched. */
  readonly root?: string;
}

/** Starts processes again when their sources change, and lets Prometheus and Alertmanager read changed files. */
export function watchSources(options: WatchOptions): void {
  const { definitions, supervisor, report, signal, root = PROJECT_ROOT } = options;
  const folders = [...new Set(definitions.flatMap(({ sources }) => sources))];
  const watchers = folders.map((folder) =>
    onChange(join(root, folder, "src"), (file) => {
      if (file.endsWith(".test.ts")) return;
      const affected = definitions.filter(({ sources }) => sources.includes(folder)).map(({ name }) => name);
      report(`${folder}/src/${file} changed: starting ${affected.join(", ")} again`);
      for (const name of affected) void supervisor.restart(name);
    }),
  );
  const generated = onChange(join(root, "prometheus"), (file) => {
    report(`prometheus/${file} changed: reloading Prometheus and Alertmanager`);
    void reload(options).catch((error: unknown) => report(`cannot reload: ${String(error)}`));
  });
  signal.addEventListener("abort", () => {
    for (const watcher of [...watchers, generated]) watcher.close();
  });
  report("watching the sources; a change starts what uses it again");
}

async function reload({ settings, state, root = PROJECT_ROOT }: WatchOptions): Promise<void> {
  const { portBase, handedOn } = settings;
  const ingestToken = secretFile(state.secrets, "pager-ingest-token");
  const metricsToken = readMetricsToken(handedOn);
  writeConfiguration(join(root, "prometheus"), state.run, portBase, ingestToken, metricsToken);
  for (const server of ["prometheus", "alertmanager"] as const) {
    const url = `http://127.0.0.1:${portOf(portBase, server, "http")}/-/reload`;
    const response = await fetch(url, { method: "POST", signal: AbortSignal.timeout(5_000) });
    if (!response.ok) throw new Error(`${server} answered ${response.status}: ${await response.text()}`);
  }
}

function onChange(folder: string, react: (file: string) => void): FSWatcher {
  let timer: NodeJS.Timeout | undefined;
  return watch(folder, { recursive: true }, (_, file) => {
    clearTimeout(timer);
    timer = setTimeout(() => react(file ?? ""), SETTLE_MS);
  });
}
