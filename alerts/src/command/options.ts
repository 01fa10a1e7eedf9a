import { parseArgs } from "node:util";
import { services } from "@watchkeeper/catalogue/services";
import type { Slo } from "@watchkeeper/catalogue/slo";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { CommandError } from "./command-error.ts";

/** Reads `--name value` pairs. @throws CommandError that says which options there are */
export function parseOptions<Name extends string>(
  command: string,
  args: readonly string[],
  names: readonly Name[],
): Readonly<Partial<Record<Name, string>>> {
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
    return parseArgs({ args: [...args], options }).values as Partial<Record<Name, string>>;
  } catch (error) {
    const reason = (error as Error).message.split(". ")[0];
    const known = names.map((name) => `--${name}`).join(", ");
    throw new CommandError(`Cannot run slo ${command}: ${reason} (it takes: ${known})`);
  }
}

/** A number from an option. @throws CommandError that names the option and what is allowed */
export function numberFrom(
  option: string,
  text: string | undefined,
  fallback: number,
  lowest: number,
  highest: number,
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() !== "" && value >= lowest && value <= highest) return value;
  throw new CommandError(
    `Cannot use --${option} as it must be from ${lowest} to ${highest}: current value is ${text}`,
  );
}

/** The promises that are meant: the one of that name, or all. @throws CommandError that lists those there are */
export function selectSlos(name: string | undefined): readonly Slo[] {
  if (name === undefined) return slos;
  const found = slos.filter((slo) => slo.name === name);
  if (found.length > 0) return found;
  throw new CommandError(
    `Cannot find SLO "${name}" as there is no such promise: ${slos.map((slo) => slo.name).join(", ")}`,
  );
}

/** Where Prometheus is: the one that is named, or the suite's own. @throws CommandError when it is no address */
export function prometheusFrom(option: string | undefined, base: string | undefined): URL {
  const offset = services.prometheus.ports.http - services.console.ports.http;
  const port = Number(base || services.console.ports.http) + offset;
  const text = option ?? `http://127.0.0.1:${port}`;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new CommandError(
    `Cannot use --prometheus as it must be an address such as http://127.0.0.1:4710: current value is ${text}`,
  );
}
