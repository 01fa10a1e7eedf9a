import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf } from "@watchkeeper/process/main";
import { z } from "zod";
import type { Board } from "./model.ts";

/** A board's uid: nothing that could leave the folder. */
const UID = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** Only what the console could not do without; panels are judged one by one when they are drawn. */
const boardSchema = z.looseObject({
  uid: z.string(),
  title: z.string(),
  panels: z.array(z.looseObject({ type: z.string() })).default([]),
});

export interface BoardStore {
  /** By title, the overview first. A file that is no board is left out. */
  list(): Promise<readonly Board[]>;
  /**
   * @returns undefined when there is no board of this uid
   * @throws Error when its file is no board
   */
  find(uid: string): Promise<Board | undefined>;
}

/** The boards of a folder of Grafana's JSON: one file each, named by its uid. */
export function createBoardStore(folder: string): BoardStore {
  async function read(uid: string): Promise<Board | undefined> {
    let text: string;
    try {
      text = await readFile(join(folder, `${uid}.json`), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    try {
      return boardSchema.parse(JSON.parse(text)) as unknown as Board;
    } catch (error) {
      throw new Error(`Cannot read the board ${uid} as it is no dashboard of Grafana: ${reasonOf(error)}`);
    }
  }

  return {
    find: async (uid) => (UID.test(uid) ? await read(uid) : undefined),
    async list() {
      const files = await readdir(folder).catch(() => []);
      const uids = files.filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -5));
      const boards = await Promise.all(
        uids.filter((uid) => UID.test(uid)).map((uid) => read(uid).catch(() => undefined)),
      );
      const rank = ({ uid }: Board): number => (uid === "overview" ? 0 : 1);
      return boards
        .filter((board) => board !== undefined)
        .sort((a, b) => rank(a) - rank(b) || a.title.localeCompare(b.title));
    },
  };
}
