import type { Panel } from "../panel.ts";

/** Where a panel lies on Grafana's grid of 24 columns. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

const COLUMNS = 24;

const HEIGHT: Readonly<Record<Panel["type"], number>> = {
  stat: 4,
  gauge: 8,
  bargauge: 8,
  timeseries: 8,
  table: 9,
  toplist: 9,
  heatmap: 8,
  text: 4,
};

const heightOf = ({ type, short, tall }: Panel): number =>
  Math.ceil(HEIGHT[type] * (short ? 0.5 : tall ? 1.5 : 1));

/**
 * Places panels from left to right and wraps where a line is full. All panels of a line get the height of its tallest.
 * @param top the line on which the first panels lie
 * @returns the places in the panels' order, and the line below all of them
 */
export function layOut(
  panels: readonly Panel[],
  top: number,
): { readonly places: readonly Place[]; readonly bottom: number } {
  const lines: Panel[][] = [];
  let free = 0;
  for (const panel of panels) {
    if (panel.width > free) {
      lines.push([]);
      free = COLUMNS;
    }
    lines.at(-1)?.push(panel);
    free -= panel.width;
  }
  let y = top;
  const places = lines.flatMap((line) => {
    const h = Math.max(...line.map(heightOf));
    let x = 0;
    const placed = line.map(({ width }): Place => {
      const place = { x, y, w: width, h };
      x += width;
      return place;
    });
    y += h;
    return placed;
  });
  return { places, bottom: y };
}
