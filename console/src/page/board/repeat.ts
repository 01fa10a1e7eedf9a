import { ALL, type Choices } from "../../boards/interpolate.ts";
import type { Panel } from "../../boards/model.ts";

/** The value of the variable that a copy is for. */
export interface Only {
  readonly variable: string;
  readonly value: string;
}

/** A panel, or one of the copies of a panel that repeats. */
export interface Shown {
  readonly panel: Panel;
  readonly only?: Only;
}

const COLUMNS = 24;
/** As many as Grafana puts beside each other where the panel does not say. */
const BESIDE = 4;

/** The values that are chosen: all of them, where everything is; undefined where there is no such variable. */
export function chosenOf(
  variable: string | null | undefined,
  choices: Choices,
): readonly string[] | undefined {
  const choice = variable ? choices.get(variable) : undefined;
  if (!choice) return undefined;
  return choice.chosen.includes(ALL) ? choice.options.filter((option) => option !== ALL) : choice.chosen;
}

/** The choices as a copy sees them. */
export function narrow(choices: Choices, { variable, value }: Only): Choices {
  const choice = choices.get(variable);
  return choice ? new Map(choices).set(variable, { ...choice, chosen: [value] }) : choices;
}

/**
 * Copies each panel that repeats for every chosen value, in the places where Grafana would put them; what stands below
 * gives way.
 */
export function repeatPanels(panels: readonly Panel[], choices: Choices): readonly Shown[] {
  const sorted = [...panels].sort((a, b) => (a.gridPos?.y ?? 0) - (b.gridPos?.y ?? 0));
  const pushes: { readonly below: number; readonly by: number }[] = [];
  return sorted.flatMap((panel): readonly Shown[] => {
    const { x = 0, y = 0, w = COLUMNS, h = 8 } = panel.gridPos ?? {};
    const top = pushes.reduce((at, { below, by }) => (y >= below ? at + by : at), y);
    const values = chosenOf(panel.repeat, choices);
    if (!panel.repeat || !values) return [{ panel: { ...panel, gridPos: { x, y: top, w, h } } }];
    const beside = panel.repeatDirection === "v" ? 1 : Math.min(panel.maxPerRow ?? BESIDE, values.length);
    const lines = Math.ceil(values.length / Math.max(1, beside));
    pushes.push({ below: y + h, by: h * (Math.max(1, lines) - 1) });
    const width = panel.repeatDirection === "v" ? w : Math.floor(COLUMNS / Math.max(1, beside));
    return values.map((value, i) => ({
      only: { variable: panel.repeat ?? "", value },
      panel: {
        ...panel,
        gridPos: {
          x: panel.repeatDirection === "v" ? x : (i % beside) * width,
          y: top + Math.floor(i / beside) * h,
          w: width,
          h,
        },
      },
    }));
  });
}
