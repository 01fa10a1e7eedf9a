import { readFileSync } from "node:fs";
import type { z } from "zod";

/** A mistake in the environment: its message is the whole answer, no stack trace helps. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `slackToken` → `SLACK_TOKEN`. */
const environmentName = (key: string): string => key.replace(/[A-Z]/g, (upper) => `_${upper}`).toUpperCase();

function readVariable(name: string, env: Environment): string | undefined {
  const file = env[`${name}_FILE`];
  if (file === undefined) return env[name];
  if (env[name] !== undefined) {
    throw new SettingsError(`Cannot read ${name} as ${name}_FILE is set too: keep one of the two`);
  }
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new SettingsError(`Cannot read ${name}_FILE as ${file} cannot be opened: ${reason}`);
  }
}

/**
 * Reads the settings of one process from its environment, once, into their final types.
 *
 * The key `slackToken` under the prefix `WATCHKEEPER_PAGER` is read from `WATCHKEEPER_PAGER_SLACK_TOKEN`, or from
 * the file that `WATCHKEEPER_PAGER_SLACK_TOKEN_FILE` names. A variable under the prefix that no key asks for is
 * refused, so that a typing error never passes for a default.
 *
 * @throws SettingsError of one line that names the variable and what it must be
 */
export function parseSettings<Schema extends z.ZodObject>(
  prefix: string,
  schema: Schema,
  env: Environment = process.env,
): z.infer<Schema> {
  const names = new Map(Object.keys(schema.shape).map((key) => [key, `${prefix}_${environmentName(key)}`]));
  const known = new Set([...names.values()].flatMap((name) => [name, `${name}_FILE`]));
  const unknown = Object.keys(env).filter((name) => name.startsWith(`${prefix}_`) && !known.has(name));
  if (unknown.length > 0) {
    const choices = [...names.values()].sort().join(", ");
    throw new SettingsError(
      `Cannot use ${unknown.sort().join(", ")} as there is no such setting: known are ${choices}`,
    );
  }
  const input = Object.fromEntries([...names].map(([key, name]) => [key, readVariable(name, env)]));
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const reasons = result.error.issues.map((issue) => {
    const name = names.get(String(issue.path[0])) ?? prefix;
    return input[String(issue.path[0])] === undefined ? `${name} is not set` : `${name}: ${issue.message}`;
  });
  throw new SettingsError(`Cannot read the settings: ${reasons.join("; ")}`);
}
