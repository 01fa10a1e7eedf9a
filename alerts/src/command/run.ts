import { showBudget } from "./budget.ts";
import type { Command, Environment } from "./command.ts";
import { CommandError } from "./command-error.ts";
import { bringIn, fillBack, giveOut, testBack } from "./exchange.ts";
import { showSimulation } from "./simulate.ts";

const commands: Readonly<Record<string, Command>> = {
  simulate: showSimulation,
  budget: showBudget,
  import: bringIn,
  export: giveOut,
  backfill: fillBack,
  backtest: testBack,
};

/** Runs one command on promises. @returns the exit code; a mistake is one line on standard error and 1 */
export async function runCommand(
  [name = "", ...args]: readonly string[],
  env: Environment,
  print: (line: string) => void,
  complain: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): Promise<number> {
  try {
    const command = commands[name];
    if (!command) {
      throw new CommandError(
        `Cannot run slo "${name}" as there is no such command: ${Object.keys(commands).join(", ")}`,
      );
    }
    await command(args, env, print);
    return 0;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    complain(error.message);
    return 1;
  }
}
