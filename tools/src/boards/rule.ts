import type { KnownSeries } from "../expressions.ts";
import { type BoardJson, dataPanels, type PanelJson } from "./board-json.ts";
import type { Counters } from "./structure.ts";

/** What a board is judged against. */
export interface Surroundings {
  readonly boards: readonly BoardJson[];
  readonly known: KnownSeries;
  readonly counters: Counters;
  /** Names of the alerts that have a runbook. */
  readonly runbooks: ReadonlySet<string>;
}

/** What breaks a rule. Without a panel it is the board itself. */
export interface Finding {
  readonly panel?: string;
  readonly text: string;
}

export interface Rule {
  readonly name: string;
  readonly because: string;
  check(board: BoardJson, surroundings: Surroundings): readonly Finding[];
}

/** A finding where something is broken, none where it is not. */
export const when = (broken: boolean, text: string, panel?: string): readonly Finding[] =>
  broken ? [panel === undefined ? { text } : { panel, text }] : [];

/** A rule that looks at each panel by itself. */
export const ofPanels =
  (
    check: (panel: PanelJson, board: BoardJson, surroundings: Surroundings) => readonly string[],
  ): Rule["check"] =>
  (board, surroundings) =>
    dataPanels(board).flatMap((panel) =>
      check(panel, board, surroundings).map((text) => ({ panel: panel.title, text })),
    );

/** Whether a panel asks Prometheus anything. */
export const drawsData = (panel: PanelJson): boolean => panel.type !== "text";

/** Series that a text of PromQL names. */
export const seriesIn = (expr: string, known: KnownSeries): readonly string[] =>
  [...expr.matchAll(/[a-zA-Z_:][\w:]*/g)].map(([name]) => name).filter((name) => known.has(name));
