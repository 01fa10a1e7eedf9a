import { showValue } from "../../../boards/field.ts";
import { make } from "../../dom.ts";
import { type Cell, cellColour, cellsOf, describeCells, spanOf } from "../cells.ts";
import type { PanelData } from "../data.ts";
import { joined, type Stage, type View } from "../view.ts";

const percent = (value: number | null, [min, max]: readonly [number, number]): string => {
  if (value === null || Number.isNaN(value)) return "0%";
  return `${Math.min(100, Math.max(0, ((value - min) / (max - min)) * 100))}%`;
};

function row(cell: Cell, span: readonly [number, number]): HTMLElement {
  const fill = make("i", "");
  fill.style.width = percent(cell.value, span);
  fill.style.background = cell.colour;
  const number = make("b", "", cell.text);
  const name = make("span", "figure-name", cell.name);
  name.title = cell.name;
  return make("li", "", name, make("span", "track", fill), number);
}

/** A bar and a number for each of several things. */
export function createBarGauge({ panel, place }: Stage): View {
  return {
    draw(data) {
      const cells = cellsOf(panel, data);
      const known = cells[0]?.series !== undefined;
      const numbers = cells.map(({ value }) => value);
      if (known) {
        const rows = cells.map((cell) => row(cell, spanOf(cell.field, numbers)));
        place.replaceChildren(make("ul", "bars", ...rows));
      } else place.replaceChildren(make("p", "blank", cells[0]?.text));
      return { value: known ? joined(numbers) : "", summary: describeCells(panel.title ?? "", cells) };
    },
  };
}

/** The last value of each series, named by a label. */
function columnsOf(data: PanelData, xField: string): readonly Cell[] {
  const last = data.series.map(({ values }) => values.at(-1) ?? null);
  return data.series.map((series, index) => {
    const value = last[index] ?? null;
    const name = series.labels[xField] ?? series.name;
    return {
      name,
      field: series.field,
      value,
      text: showValue(series.field, value).text,
      colour: cellColour(series.field, value, spanOf(series.field, last), 0),
      series,
    };
  });
}

/** Upright columns, or bars that lie. */
export function createBarChart({ panel, place }: Stage): View {
  const options = panel.options ?? {};
  const column = (cell: Cell, span: readonly [number, number]): HTMLElement => {
    const fill = make("i", "");
    fill.style.height = percent(cell.value, span);
    fill.style.background = cell.colour;
    const name = make("span", "figure-name", cell.name);
    name.title = cell.name;
    const number = make("b", options.showValue === "never" ? "sr" : "", cell.text);
    return make("li", "", make("span", "column", number, fill), name);
  };
  return {
    draw(data) {
      const cells = columnsOf(data, String(options.xField ?? ""));
      const numbers = cells.map(({ value }) => value);
      const [first] = cells;
      if (!first) place.replaceChildren();
      else if (options.orientation === "horizontal")
        place.replaceChildren(
          make("ul", "bars", ...cells.map((cell) => row(cell, spanOf(cell.field, numbers)))),
        );
      else
        place.replaceChildren(
          make("ul", "columns", ...cells.map((cell) => column(cell, spanOf(cell.field, numbers)))),
        );
      return { value: joined(numbers), summary: describeCells(panel.title ?? "", cells) };
    },
  };
}
