import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { COLLECTOR_ENVIRONMENT } from "@watchkeeper/catalogue/names";
import { CommandError } from "./command-error.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings of a collector for a command: those of the environment where a database is named there, else those of
 * the stack that runs from this clone.
 *
 * @throws CommandError when there are neither
 */
export function collectorEnvironment(env: Environment, root: string): Environment {
  const isSet = ["DATABASE_URL", "DATABASE_URL_FILE"].some(
    (name) => env[`WATCHKEEPER_COLLECTOR_${name}`] !== undefined,
  );
  if (isSet) return env;
  const file = join(resolve(root, env.WATCHKEEPER_STATE || ".watchkeeper"), COLLECTOR_ENVIRONMENT);
  try {
    return { ...JSON.parse(readFileSync(file, "utf8")), ...env };
  } catch {
    throw new CommandError(
      `Cannot find the collector's settings as ${file} is not there: ` +
        "start the stack with npm start, or set WATCHKEEPER_COLLECTOR_*",
    );
  }
}
