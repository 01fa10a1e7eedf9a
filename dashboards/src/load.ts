import { readdir } from "node:fs/promises";
import type { Board } from "./board.ts";

const FOLDER = new URL("./boards/", import.meta.url);

/**
 * Reads every board of `boards/`, sorted by uid, so that adding a file there is all it takes to add a board.
 * @throws Error when a file does not export exactly the one board that it is named after
 */
export async function loadBoards(): Promise<readonly Board[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  return Promise.all(
    files.sort().map(async (file) => {
      const exported: Readonly<Record<string, unknown>> = await import(new URL(file, FOLDER).href);
      const [board, ...others] = Object.values(exported) as readonly Board[];
      if (!board || others.length > 0 || `${board.uid}.ts` !== file) {
        throw new Error(
          `Cannot load board "${file}" as it must export the one board of that uid and no more`,
        );
      }
      return board;
    }),
  );
}
