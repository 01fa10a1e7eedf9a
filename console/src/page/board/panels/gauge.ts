import { make } from "../../dom.ts";
import { type Cell, cellsOf, describeCells, spanOf } from "../cells.ts";
import { colour, styleOf } from "../colours.ts";
import { draw } from "../svg.ts";
import { joined, type Stage, type View } from "../view.ts";

const RADIUS = 78;
/** Degrees that the arc goes below the horizon on each side. */
const BELOW = 30;

function at(share: number, radius: number): string {
  const degrees = 180 + BELOW - share * (180 + 2 * BELOW);
  const angle = (degrees * Math.PI) / 180;
  return `${(100 + radius * Math.cos(angle)).toFixed(2)} ${(100 - radius * Math.sin(angle)).toFixed(2)}`;
}

function arc(from: number, to: number, radius: number, width: number, stroke: string): SVGElement {
  const large = (to - from) * (180 + 2 * BELOW) > 180 ? 1 : 0;
  const d = `M${at(from, radius)}A${radius} ${radius} 0 ${large} 1 ${at(to, radius)}`;
  return draw("path", { d, fill: "none", stroke, "stroke-width": width });
}

const within = (share: number): number => Math.min(1, Math.max(0, share));

function render(cell: Cell, all: readonly Cell[], markers: boolean): HTMLElement {
  const [min, max] = spanOf(
    cell.field,
    all.map(({ value }) => value),
  );
  const share = (value: number): number => within((value - min) / (max - min));
  const { mode, steps } = cell.field.thresholds ?? { mode: "absolute", steps: [] };
  const start = (value: number | null): number =>
    value === null ? 0 : mode === "percentage" ? within(value / 100) : share(value);
  const limits = markers
    ? steps.flatMap((step, i) => {
        const from = start(step.value);
        const to = i + 1 < steps.length ? start(steps[i + 1]?.value ?? null) : 1;
        return to > from ? [arc(from, to, RADIUS + 15, 4, colour(step.color))] : [];
      })
    : [];
  const known = cell.value !== null && !Number.isNaN(cell.value);
  const label = draw("text", {
    x: 100,
    y: 108,
    "text-anchor": "middle",
    "font-size": Math.min(34, 230 / Math.max(1, cell.text.length)),
    "font-weight": 600,
    fill: cell.colour,
  });
  label.textContent = cell.text;
  const picture = draw(
    "svg",
    { viewBox: "0 0 200 150", class: "dial", "aria-hidden": "true" },
    arc(0, 1, RADIUS, 20, styleOf("--grid")),
    ...(known ? [arc(0, Math.max(0.004, share(cell.value ?? 0)), RADIUS, 20, cell.colour)] : []),
    ...limits,
    label,
  );
  return make("div", "dial-cell", picture, all.length > 1 && make("span", "figure-name", cell.name));
}

/** A number between two ends. */
export function createGauge({ panel, place }: Stage): View {
  return {
    draw(data) {
      const cells = cellsOf(panel, data);
      const markers = panel.options?.showThresholdMarkers !== false;
      place.replaceChildren(make("div", "dials", ...cells.map((cell) => render(cell, cells, markers))));
      const value = cells[0]?.series ? joined(cells.map((cell) => cell.value)) : "";
      return { value, summary: describeCells(panel.title ?? "", cells) };
    },
  };
}
