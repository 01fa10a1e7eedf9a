import { join } from "node:path";
import { parseArgs } from "node:util";
import { resetStack, showStatus, startDetached, stopStack, wishFor } from "./commands.ts";
import { PROJECT_ROOT, stateFolder } from "./paths.ts";
import { parseStackSettings } from "./settings.ts";
import { StackError } from "./stack-error.ts";
import { runStack } from "./start.ts";

const OPTIONS = {
  start: {
    detach: { type: "boolean" },
    "no-traffic": { type: "boolean" },
    "no-history": { type: "boolean" },
  },
  dev: { "no-traffic": { type: "boolean" }, "no-history": { type: "boolean" } },
  stop: {},
  status: {},
  reset: { yes: { type: "boolean" } },
} as const;

type Command = keyof typeof OPTIONS;

/** Commands that may name one process. */
const NAMING: readonly Command[] = ["start", "stop"];

interface Invocation {
  readonly command: Command;
  readonly process: string | undefined;
  readonly options: ReadonlySet<string>;
}

/** @throws StackError that says which options and arguments the command takes */
function parseInvocation([name = "", ...rest]: readonly string[]): Invocation {
  if (!(name in OPTIONS)) throw new StackError(`Cannot run "${name}" as there is no such command`);
  const command = name as Command;
  const known = Object.keys(OPTIONS[command]).map((option) => `--${option}`);
  try {
    const { values, positionals } = parseArgs({
      args: rest,
      options: OPTIONS[command] as Record<string, { type: "boolean" }>,
      allowPositionals: NAMING.includes(command),
    });
    if (positionals.length > 1) throw new Error("it takes one process at most");
    return { command, process: positionals[0], options: new Set(Object.keys(values)) };
  } catch (error) {
    const reason = (error as Error).message.split(". ")[0];
    const takes =
      [...(NAMING.includes(command) ? ["the name of a process"] : []), ...known].join(", ") || "no options";
    throw new StackError(`Cannot run npm run ${command}: ${reason} (it takes: ${takes})`);
  }
}

/** Runs one command of the native stack. @returns the exit code; a mistake is one line on standard error and 1 */
export async function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const print = (text: string): void => void process.stdout.write(text);
  try {
    const { command, process: name, options } = parseInvocation(args);
    const settings = parseStackSettings(env);
    const state = stateFolder(settings.stateRoot);
    switch (command) {
      case "status":
        return showStatus(state, print);
      case "reset":
        return await resetStack(state, options.has("yes"), print);
      case "stop":
        return name ? await wishFor(state, name, "stop", print) : await stopStack(state, print);
      case "start":
      case "dev": {
        if (name) return await wishFor(state, name, "start", print);
        if (options.has("detach")) {
          const program = [join(PROJECT_ROOT, "tools/bootstrap.mjs"), "start"];
          const passed = ["no-traffic", "no-history"]
            .filter((one) => options.has(one))
            .map((one) => `--${one}`);
          return await startDetached([...program, ...passed], state, print);
        }
        await runStack({
          settings,
          state,
          withTraffic: !options.has("no-traffic"),
          // A made-up past belongs to made-up visitors: who has neither wants to see what is real.
          withHistory: !options.has("no-traffic") && !options.has("no-history"),
          watch: command === "dev",
          report: (line) => print(`${line}\n`),
          signal: wishToEnd(),
        });
        return 0;
      }
    }
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

/** Aborted by Ctrl-C, by `npm run stop` and when the terminal is closed. */
function wishToEnd(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => controller.abort());
  // A terminal that is gone must not end the supervisor before it has ended the processes.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => controller.abort());
  return controller.signal;
}
