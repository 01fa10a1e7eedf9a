import type { Choices } from "../../boards/interpolate.ts";
import type { Panel } from "../../boards/model.ts";
import { chosenOf, narrow, type Only, repeatPanels, type Shown } from "./repeat.ts";

/** A row of Grafana with the panels below it. */
export interface Section {
  readonly key: string;
  /** Without one the panels stand above the first row. */
  readonly title: string | undefined;
  readonly collapsed: boolean;
  readonly panels: readonly Shown[];
  /** What this copy of a repeated row is for. */
  readonly only?: Only;
}

const top = ({ gridPos }: Panel): number => gridPos?.y ?? 0;

/** Cuts a board into its rows; a row or a panel that repeats is there once for each chosen value. */
export function sectionsOf(panels: readonly Panel[], choices: Choices): readonly Section[] {
  const sections: { row: Panel | undefined; panels: Panel[] }[] = [{ row: undefined, panels: [] }];
  for (const panel of panels) {
    if (panel.type === "row") sections.push({ row: panel, panels: [...(panel.panels ?? [])] });
    else sections.at(-1)?.panels.push(panel);
  }
  return sections
    .filter(({ row, panels: own }) => row !== undefined || own.length > 0)
    .flatMap(({ row, panels: own }): readonly Section[] => {
      const section = { title: row?.title, collapsed: row?.collapsed === true };
      const key = String(row?.id ?? "top");
      const values = chosenOf(row?.repeat, choices);
      if (!row?.repeat || !values) return [{ ...section, key, panels: repeatPanels(own, choices) }];
      return values.map((value) => {
        const only = { variable: row.repeat ?? "", value };
        const panels = repeatPanels(own, narrow(choices, only));
        return { ...section, key: `${key} ${value}`, panels, only };
      });
    });
}

/** Where a panel stands within its section. @param first the uppermost line of the section */
export function placeOf(panel: Panel, first: number): { x: number; y: number; w: number; h: number } {
  const { x = 0, w = 24, h = 8 } = panel.gridPos ?? {};
  return { x: x + 1, y: top(panel) - first + 1, w, h };
}

export const firstLine = (panels: readonly Shown[]): number =>
  Math.min(...panels.map(({ panel }) => top(panel)));
