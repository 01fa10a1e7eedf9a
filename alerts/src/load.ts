import { readdir } from "node:fs/promises";
import type { Alert } from "./alert.ts";

const FOLDER = new URL("./symptoms/", import.meta.url);

/**
 * Reads every alert of `symptoms/`, sorted by name, so that adding a file there is all it takes to add an alert.
 * @throws Error when a file does not export exactly the one alert that it is named after
 */
export async function loadAlerts(): Promise<readonly Alert[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  return Promise.all(
    files.sort().map(async (file) => {
      const exported: Readonly<Record<string, unknown>> = await import(new URL(file, FOLDER).href);
      const [alert, ...others] = Object.values(exported) as readonly Alert[];
      if (!alert || others.length > 0 || `${alert.name}.ts` !== file) {
        throw new Error(
          `Cannot load alert "${file}" as it must export the one alert of that name and no more`,
        );
      }
      return alert;
    }),
  );
}
