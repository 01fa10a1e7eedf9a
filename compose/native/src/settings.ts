import { resolve } from "node:path";
import { PROJECT_ROOT } from "./paths.ts";
import { parsePortBase } from "./ports.ts";
import { StackError } from "./stack-error.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What a person may set for the stack as a whole. */
export interface StackSettings {
  readonly portBase: number;
  readonly stateRoot: string;
  /** Settings of single processes, handed on to them as they are. */
  readonly handedOn: Readonly<Record<string, string>>;
}

const OWN = ["WATCHKEEPER_PORT_BASE", "WATCHKEEPER_STATE"];
const HANDED_ON = [
  "APP",
  "COLLECTOR",
  "PAGER",
  "INBOX",
  "CONSOLE",
  "TRAFFIC",
  "LOG",
  "TELEMETRY",
  "METRICS",
].map((process) => `WATCHKEEPER_${process}_`);

/** @throws StackError that names a variable which nobody reads, or a value that cannot be used */
export function parseStackSettings(env: Environment): StackSettings {
  const ours = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    name.startsWith("WATCHKEEPER_") && value !== undefined ? [[name, value]] : [],
  );
  const handedOn = ours.filter(([name]) => HANDED_ON.some((prefix) => name.startsWith(prefix)));
  const unknown = ours
    .filter((entry) => !OWN.includes(entry[0]) && !handedOn.includes(entry))
    .map(([name]) => name);
  if (unknown.length > 0) {
    throw new StackError(
      `Cannot use ${unknown.join(", ")} as nothing reads it: known are ${OWN.join(", ")} and names that begin with ${HANDED_ON.join(", ")}`,
    );
  }
  return {
    portBase: parsePortBase(env.WATCHKEEPER_PORT_BASE),
    stateRoot: resolve(PROJECT_ROOT, env.WATCHKEEPER_STATE || ".watchkeeper"),
    handedOn: Object.fromEntries(handedOn),
  };
}
