import { readdir } from "node:fs/promises";
import type { Alert, AlertPage, LogAlert, PagerOwnAlert } from "./alert.ts";

/**
 * Reads every alert of a folder beside this file, sorted by name, so that adding a file there is all it takes to add
 * one.
 * @throws Error when a file does not export exactly the one alert that it is named after
 */
async function loadFolder<Kind extends AlertPage>(name: string): Promise<readonly Kind[]> {
  const folder = new URL(`./${name}/`, import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  return Promise.all(
    files.sort().map(async (file) => {
      const exported: Readonly<Record<string, unknown>> = await import(new URL(file, folder).href);
      const [alert, ...others] = Object.values(exported) as readonly Kind[];
      if (!alert || others.length > 0 || `${alert.name}.ts` !== file) {
        throw new Error(
          `Cannot load alert "${file}" as it must export the one alert of that name and no more`,
        );
      }
      return alert;
    }),
  );
}

/** Every alert that Prometheus raises: those of `symptoms/`. */
export const loadAlerts = (): Promise<readonly Alert[]> => loadFolder("symptoms");

/** Every alert that the pager raises about itself: those of `pager-own/`. */
export const loadPagerOwnAlerts = (): Promise<readonly PagerOwnAlert[]> => loadFolder("pager-own");

/** Every alert that Loki raises, where there is one: those of `log-lines/`. */
export const loadLogAlerts = (): Promise<readonly LogAlert[]> => loadFolder("log-lines");
