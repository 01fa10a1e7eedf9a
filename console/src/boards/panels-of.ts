import type { Board, Panel } from "./model.ts";

/** Every panel of a board, also those of collapsed rows. */
export const panelsOf = (board: Board): readonly Panel[] =>
  (board.panels ?? []).flatMap((panel) => [panel, ...(panel.panels ?? [])]);
