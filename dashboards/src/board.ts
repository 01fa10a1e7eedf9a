import type { Panel } from "./panel.ts";
import type { Variable } from "./variable.ts";

/** Panels that belong together, in the order in which they are read. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Board {
  /** Part of its address, the name of its file, never changed. */
  readonly uid: string;
  readonly title: string;
  /** Whose question it answers, in one sentence. */
  readonly about: string;
  readonly tags: readonly string[];
  /** The span that is shown first, such as `6h`. */
  readonly span: `${number}${"h" | "d"}`;
  readonly variables?: readonly Variable[];
  /** Uids of the boards to go to from here, in the order of the links. */
  readonly links: readonly string[];
  readonly rows: readonly Row[];
}

/** Defines a board. @throws Error that names the board and what breaks its definition */
export function defineBoard(board: Board): Board {
  const refuse = (reason: string): never => {
    throw new Error(`Cannot define board "${board.uid}" as ${reason}`);
  };
  if (!/^[a-z0-9-]{3,40}$/.test(board.uid)) refuse("its uid must be 3 to 40 of a-z, 0-9 and -");
  if (!/[.?]$/.test(board.about)) refuse("its sentence must end in a full stop or a question mark");
  const keys = board.rows.flatMap(({ panels }) => panels.map(({ key }) => key));
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) refuse(`two panels have the key "${twice}"`);
  return Object.freeze(board);
}
