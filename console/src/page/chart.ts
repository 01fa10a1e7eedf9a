import uPlot from "uplot";
import type { Points } from "../overview/model.ts";
import { byData, setText } from "./dom.ts";
import { shortened } from "./format.ts";
import { clockText } from "./times.ts";

/** Also in the stylesheet: the space is kept while there is nothing to draw. */
const HEIGHT = 168;

export interface Line {
  readonly label: string;
  /** Custom property of the stylesheet that holds the colour. */
  readonly colour: string;
  readonly filled?: boolean;
}

export interface ChartOptions {
  readonly name: string;
  readonly title: string;
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** The axis reaches at least up to here, so that noise does not look like a mountain. */
  readonly smallestMax: number;
}

export interface Chart {
  draw(times: readonly number[], values: readonly Points[]): void;
  clear(): void;
}

const styleOf = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const axisClock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** What a person who cannot see the chart would want to know of it. */
function describe({ title, lines, format }: ChartOptions, values: readonly Points[]): string {
  const parts = lines.map(({ label }, i) => {
    const known = (values[i] ?? []).filter((value) => value !== null);
    const last = known.at(-1);
    if (last === undefined) return `${label}: nothing measured`;
    return `${label}: now ${format(last)}, between ${format(Math.min(...known))} and ${format(Math.max(...known))}`;
  });
  return `${title}. ${parts.join("; ")}`;
}

function optionsOf(options: ChartOptions, width: number, onHover: (plot: uPlot) => void): uPlot.Options {
  const axis = {
    stroke: styleOf("--quiet"),
    font: "11px system-ui, sans-serif",
    grid: { stroke: styleOf("--grid"), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    padding: [8, 18, 0, 0],
    cursor: { drag: { x: false, y: false }, points: { size: 6 }, y: false },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max((max ?? 0) * 1.1, options.smallestMax)] } },
    axes: [
      {
        ...axis,
        space: 64,
        size: 26,
        values: (_plot, splits) => splits.map((at) => axisClock.format(at * 1_000)),
      },
      {
        ...axis,
        space: 34,
        size: 56,
        values: (_plot, splits) => splits.map((value) => shortened(options.format(value))),
      },
    ],
    series: [
      {},
      ...options.lines.map(({ label, colour, filled }) => ({
        label,
        stroke: styleOf(colour),
        width: 1.5,
        points: { show: false },
        ...(filled && { fill: `${styleOf(colour)}22` }),
      })),
    ],
    hooks: { setCursor: [onHover] },
  };
}

/** A chart of fixed height in the frame of its name; a line below it reads out the point under the pointer. */
export function createChart(options: ChartOptions): Chart {
  const place = byData(`chart="${options.name}"`);
  const readout = byData(`panel="chart-${options.name}"`).querySelector<HTMLElement>("[data-readout]");
  let plot: uPlot | undefined;
  let data: uPlot.AlignedData | undefined;

  const readOut = ({ cursor, data: shown }: uPlot): void => {
    if (!readout) return;
    const { idx } = cursor;
    const at = idx === null || idx === undefined ? undefined : shown[0][idx];
    if (at === undefined || idx === null || idx === undefined) {
      setText(readout, "");
      return;
    }
    const values = options.lines.map(({ label }, i) => {
      const value = shown[i + 1]?.[idx];
      return `${label} ${value === null || value === undefined ? "–" : options.format(value)}`;
    });
    setText(readout, `${clockText(new Date(at * 1_000))}  ${values.join("  ")}`);
  };

  const rebuild = (): void => {
    plot?.destroy();
    plot = data && new uPlot(optionsOf(options, place.clientWidth, readOut), data, place);
  };

  new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", rebuild);

  return {
    draw(times, values) {
      data = [[...times], ...values.map((points) => [...points])];
      if (plot) plot.setData(data);
      else rebuild();
      place.setAttribute("aria-label", describe(options, values));
    },
    clear() {
      data = undefined;
      rebuild();
      if (readout) setText(readout, "");
      place.setAttribute("aria-label", `${options.title}. Nothing to show`);
    },
  };
}
