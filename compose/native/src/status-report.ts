import { existsSync, readFileSync } from "node:fs";
import { systemClock } from "@watchkeeper/process/clock";
import { loginTokenFile } from "./own-processes.ts";
import type { StateFolder } from "./paths.ts";
import { portOf } from "./ports.ts";
import { memoryOfTrees } from "./proc.ts";
import { findProcess, findProcesses } from "./records.ts";
import { type Snapshot, SUPERVISOR } from "./snapshot.ts";
import type { ProcessStatus } from "./supervised-process.ts";
import { renderTable } from "./table.ts";

const MIB = 1024 * 1024;
const mebibytes = (bytes: number): string => `${Math.round(bytes / MIB)} MB`;

function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.floor(ms / 1000)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}

/** A sign-in link that works once; undefined while the console has not left its token. */
function signInLink(state: StateFolder, portBase: number): string | undefined {
  const file = loginTokenFile(state);
  if (!existsSync(file)) return undefined;
  const token = readFileSync(file, "utf8").trim();
  return `http://127.0.0.1:${portOf(portBase, "console", "http")}/login?token=${token}`;
}

/** Where to open a healthy process, or why another is not. */
function remark({ name, state, address = "", reason = "" }: ProcessStatus): string {
  if (state === "healthy") return address;
  return state === "held" ? `stopped by npm run stop; npm start -- ${name} starts it again` : reason;
}

export const isAllHealthy = (snapshot: Snapshot): boolean =>
  snapshot.readyAfterMs !== null && snapshot.processes.every(({ state }) => state === "healthy");

/** What a person wants to know at one glance: what runs where, how much it takes, how to get in. */
export function renderStatus(state: StateFolder, snapshot: Snapshot): string {
  const records = findProcesses(state.run);
  const memory = memoryOfTrees(records.map(({ pid }) => pid));
  const total = [...memory.values()].reduce((a, b) => a + b, 0);
  const now = systemClock.now();
  const rows = snapshot.processes.map((process) => {
    const pid = findProcess(state.run, process.name)?.pid;
    return [
      process.name,
      `${process.state === "healthy" ? "✓" : "✗"} ${process.state}`,
      duration(now - process.sinceMs),
      String(process.restarts),
      pid === undefined ? "–" : mebibytes(memory.get(pid) ?? 0),
      remark(process),
    ];
  });
  const supervisor = records.find(({ name }) => name === SUPERVISOR);
  const ready = snapshot.readyAfterMs === null ? "not yet" : `${(snapshot.readyAfterMs / 1000).toFixed(1)} s`;
  const link = signInLink(state, snapshot.portBase);
  const inbox = snapshot.processes.find(({ name }) => name === "inbox")?.address;
  return [
    renderTable([["PROCESS", "STATE", "SINCE", "RESTARTS", "MEMORY", "ADDRESS"], ...rows]),
    "",
    `memory ${mebibytes(total)}, of which the supervisor ${mebibytes(memory.get(supervisor?.pid ?? 0) ?? 0)}; cold start ${ready}`,
    `logs   ${state.logs}`,
    ...(inbox
      ? [`inbox  ${inbox} shows the Slack messages, mails and pages that people would have received`]
      : []),
    ...(link ? [`open   ${link} (works once; npm run status prints a new one)`] : []),
  ].join("\n");
}
