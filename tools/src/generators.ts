import { generateAlerts } from "@watchkeeper/alerts/generate";
import { generateBoards } from "@watchkeeper/dashboards/generate";
import { generateMetricsPage } from "./metrics-page.ts";

/** Makes files of the repository: their texts by their paths, nothing written. */
export type Generator = () => Promise<Readonly<Record<string, string>>>;

/** Everything that `npm run gen` runs. */
export const generators: readonly Generator[] = [generateAlerts, generateBoards, generateMetricsPage];

/** Runs all generators. @throws Error when two of them claim one path or one leaves the generated folders */
export async function generateAll(
  from: readonly Generator[] = generators,
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const generated of await Promise.all(from.map((generate) => generate()))) {
    for (const [path, text] of Object.entries(generated)) {
      if (files.has(path)) throw new Error(`Cannot generate ${path} as two generators make it`);
      if (!/(^|\/)generated\/[^/]+$|\.generated\.ts$/.test(path)) {
        throw new Error(`Cannot generate ${path} as it is neither in a generated/ folder nor *.generated.ts`);
      }
      files.set(path, text);
    }
  }
  return files;
}
