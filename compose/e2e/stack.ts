import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServiceName, services } from "@watchkeeper/catalogue/services";
import { PROJECT_ROOT, stateFolder } from "@watchkeeper/native/paths";
import { portOf } from "@watchkeeper/native/ports";
import type { SecretName } from "@watchkeeper/native/secrets";

/** A stack as a person sees it: by its commands, its ports and its files. It need not run. */
export interface Stack {
  readonly portBase: number;
  readonly stateRoot: string;
}

/** What a command printed and how it ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Room in a temporary folder that only its owner may enter, for a stack on ports of its own. */
export const createStack = (portBase: number): Stack => ({
  portBase,
  stateRoot: mkdtempSync(join(tmpdir(), "watchkeeper-e2e-")),
});

/** Environment of a command: the tester's own WATCHKEEPER_ settings must not leak into a test. */
export function environmentOf(stack: Stack, extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("WATCHKEEPER_"));
  return {
    ...Object.fromEntries(inherited),
    WATCHKEEPER_PORT_BASE: String(stack.portBase),
    WATCHKEEPER_STATE: stack.stateRoot,
    ...extra,
  };
}

/** Starts `npm run <command>` (npm itself left out) and does not wait for it. */
export const spawnCommand = (
  stack: Stack,
  args: readonly string[],
  extra: Readonly<Record<string, string>> = {},
) =>
  spawn(process.execPath, [join(PROJECT_ROOT, "tools/bootstrap.mjs"), ...args], {
    cwd: PROJECT_ROOT,
    env: environmentOf(stack, extra),
    stdio: ["ignore", "pipe", "pipe"],
  });

/** Runs a command to its end. */
export function runCommand(
  stack: Stack,
  args: readonly string[],
  extra: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawnCommand(stack, args, extra);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Stops a stack and removes all that it left. */
export async function removeStack(stack: Stack): Promise<void> {
  await runCommand(stack, ["stop"]);
  await runCommand(stack, ["reset", "--yes"]);
  rmSync(stack.stateRoot, { recursive: true, force: true });
}

/** Address of a service's port, such as `http://127.0.0.1:24711`. */
export const urlOf = <Name extends ServiceName>(
  stack: Stack,
  name: Name,
  purpose: keyof (typeof services)[Name]["ports"] & string,
): string => `http://127.0.0.1:${portOf(stack.portBase, name, purpose)}`;

export const readSecret = (stack: Stack, name: SecretName): string =>
  readFileSync(join(stateFolder(stack.stateRoot).secrets, name), "utf8").trim();

/** Number of the process that runs under a name. @throws Error when there is none */
export function pidOf(stack: Stack, name: string): number {
  const file = join(stateFolder(stack.stateRoot).run, "processes", `${name}.json`);
  return (JSON.parse(readFileSync(file, "utf8")) as { pid: number }).pid;
}

/** Fetches JSON. @throws Error for any status but 2xx */
export async function fetchJson<T>(url: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000), ...init });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 300)}`);
  return (text === "" ? undefined : JSON.parse(text)) as T;
}
