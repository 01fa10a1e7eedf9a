import { parseArgs } from "node:util";

/** Options of a command as `--name value`. @throws Error that names the option that nobody knows */
export function readOptions<const Name extends string>(
  args: readonly string[],
  known: readonly Name[],
): { readonly [Option in Name]?: string } {
  const options = Object.fromEntries(known.map((name) => [name, { type: "string" as const }]));
  try {
    return parseArgs({ args: [...args], options }).values as { [Option in Name]?: string };
  } catch {
    throw new Error(
      `Cannot run with ${args.join(" ")} as only these options exist: ${known.map((name) => `--${name} VALUE`).join(", ")}`,
    );
  }
}

/** A number within bounds. @throws Error that names the option, what is allowed and what was found */
export function readNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= least && value <= most)) {
    throw new Error(
      `Cannot read --${name} as it must be a number from ${least} to ${most}: current value is ${text}`,
    );
  }
  return value;
}
