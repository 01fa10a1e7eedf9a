import { make } from "../../dom.ts";
import { type Cell, cellsOf, describeCells } from "../cells.ts";
import { faded } from "../colours.ts";
import { draw } from "../svg.ts";
import { joined, type Stage, type View } from "../view.ts";

const WIDTH = 100;
const HEIGHT = 30;

/** The course of the number, without axes: whether it rises, falls or jumps. */
function sparkline({ series, colour }: Cell): SVGElement | undefined {
  const finite = (series?.values ?? []).map((value) =>
    value !== null && Number.isFinite(value) ? value : null,
  );
  const known = finite.filter((value) => value !== null);
  if (known.length < 2) return undefined;
  const low = Math.min(0, ...known);
  const span = Math.max(...known) - low || 1;
  const x = (i: number): string => ((i / (finite.length - 1)) * WIDTH).toFixed(2);
  const y = (value: number): string => (HEIGHT - 1 - ((value - low) / span) * (HEIGHT - 3)).toFixed(2);
  let line = "";
  let area = "";
  let start = "";
  finite.forEach((value, i) => {
    if (value === null) {
      if (start) area += `L${x(i - 1)} ${HEIGHT}L${start} ${HEIGHT}Z`;
      start = "";
      return;
    }
    const at = `${x(i)} ${y(value)}`;
    line += `${start ? "L" : "M"}${at}`;
    area += `${start ? "L" : "M"}${at}`;
    start ||= x(i);
  });
  if (start) area += `L${WIDTH} ${HEIGHT}L${start} ${HEIGHT}Z`;
  return draw(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", class: "spark", "aria-hidden": "true" },
    draw("path", { d: area, fill: colour, opacity: 0.14 }),
    draw("path", {
      d: line,
      fill: "none",
      stroke: colour,
      "stroke-width": 1.5,
      "vector-effect": "non-scaling-stroke",
    }),
  );
}

/** One number or a few, large. */
export function createStat({ panel, place }: Stage): View {
  const options = panel.options ?? {};
  const mode = String(options.colorMode ?? "value");
  const textMode = String(options.textMode ?? "auto");

  const render = (cell: Cell, many: boolean): HTMLElement => {
    const withName = textMode === "value_and_name" || textMode === "name" || (many && textMode !== "value");
    const number = make("strong", "", cell.text);
    number.style.setProperty("--letters", String(Math.max(4, cell.text.length)));
    if (mode === "value") number.style.color = cell.colour;
    const spark = options.graphMode === "none" ? undefined : sparkline(cell);
    const element = make(
      "div",
      `figure-cell${cell.value === null ? " nothing" : ""}`,
      withName && make("span", "figure-name", cell.name),
      textMode !== "name" && number,
      spark,
    );
    if (mode.startsWith("background")) element.style.background = faded(cell.colour, 0.18);
    return element;
  };

  return {
    draw(data) {
      const cells = cellsOf(panel, data);
      const list = make("div", "figure-cells", ...cells.map((cell) => render(cell, cells.length > 1)));
      if (options.orientation === "horizontal") list.classList.add("stacked");
      place.replaceChildren(list);
      const value = joined(cells.map((cell) => cell.value));
      return { value: cells[0]?.series ? value : "", summary: describeCells(panel.title ?? "", cells) };
    },
  };
}
