import { foresee, renderOutlook } from "@watchkeeper/alerts/simulate/promise";
import { DEFAULT_PORT_BASE, services } from "@watchkeeper/catalogue/services";
import { readNumber, readOptions } from "./command-options.ts";
import { renderBudgets } from "./slo-budget.ts";

type Command = (args: readonly string[], env: NodeJS.ProcessEnv) => Promise<string>;

const simulate: Command = async (args) => {
  const { objective = "99.9", rps = "100" } = readOptions(args, ["objective", "rps"]);
  const share = readNumber("objective", objective, 50, 99.999) / 100;
  const rate = readNumber("rps", rps, 0.0001, 100_000);
  return renderOutlook(share, rate, foresee(share, rate));
};

const budget: Command = (args, env) => {
  const base = readNumber("port base", env.WATCHKEEPER_PORT_BASE ?? String(DEFAULT_PORT_BASE), 1, 65_000);
  const port = base + services.prometheus.ports.http - DEFAULT_PORT_BASE;
  const { prometheus = `http://127.0.0.1:${port}` } = readOptions(args, ["prometheus"]);
  return renderBudgets(prometheus);
};

const commands: Readonly<Record<string, Command>> = { simulate, budget };

/**
 * Runs `npm run slo -- <command> [options]`.
 * @returns what to print
 * @throws Error that says which commands or values there are
 */
export function runSlo([name = "", ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    throw new Error(
      `Cannot run slo "${name}" as there is no such command: ${Object.keys(commands).join(", ")}`,
    );
  }
  return command(args, env);
}
