import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Slo } from "@watchkeeper/catalogue/slo";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { renderOpenSlo } from "./openslo-render.ts";
import { parsePromises } from "./parse.ts";
import { renderSource } from "./source.ts";

/** Where a command writes what it was asked for: standard output, or a test's own. */
export type Output = (text: string) => void;

/**
 * Writes the promises of an OpenSLO v1 or sloth file as TypeScript for `catalogue/src/slos/`.
 * @throws Error that names the file, the field, what is allowed and what was found; then nothing was written
 */
export async function importPromises(args: { readonly file: string }, output: Output): Promise<void> {
  const text = await readFile(args.file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Error(`Cannot import "${args.file}" as it cannot be read: ${error.code ?? error.message}`);
  });
  const taken = slos.map(({ name }) => name);
  output(renderSource(parsePromises(basename(args.file), text, taken)));
}

/** The promise of that name, or all of them. @throws Error that lists the names that there are */
export function chooseSlos(name: string | undefined, among: readonly Slo[] = slos): readonly Slo[] {
  const chosen = name === undefined ? among : among.filter((slo) => slo.name === name);
  if (chosen.length > 0) return chosen;
  const names = among.map((slo) => slo.name).join(", ");
  throw new Error(`Cannot find the promise "${name}" as --slo must be one of ${names}`);
}

/** Writes our promises, or one of them, as OpenSLO v1. @throws Error when there is none of that name */
export async function exportPromises(args: { readonly slo?: string }, output: Output): Promise<void> {
  output(renderOpenSlo(chooseSlos(args.slo)));
}
