import type uPlot from "uplot";
import type { Field } from "../../boards/field.ts";
import { colour, faded, freeColours } from "./colours.ts";
import type { PanelData, Series } from "./data.ts";

/** What is drawn of a chart: every series on the same times. */
export interface Lines {
  readonly times: number[];
  /** As measured, by series. */
  readonly values: readonly (readonly (number | null)[])[];
  /** As drawn: without what cannot be drawn, hidden series gone, stacks summed up. */
  readonly drawn: (number | null)[][];
}

const isStacked = ({ custom }: Field): boolean =>
  (custom.stacking as { mode?: string } | undefined)?.mode === "normal";

export const stackOf = (field: Field): string | undefined =>
  isStacked(field) ? String((field.custom.stacking as { group?: string }).group ?? "A") : undefined;

const fixedColour = ({ field: { color } }: Series): string | undefined =>
  color?.mode === "fixed" ? color.fixedColor : undefined;

/** A colour for each series: the one it has by name, or one that no other has. */
export function coloursOf(series: readonly Series[]): readonly string[] {
  const free = freeColours(series.flatMap((one) => fixedColour(one) ?? []));
  let next = 0;
  return series.map((one) => {
    const name = fixedColour(one);
    return name === undefined ? free(next++) : colour(name);
  });
}

/** Bars of a stack hide the lower ends of those behind them: the highest comes first. */
export function drawingOrder(series: readonly Series[]): readonly number[] {
  const indexes = series.map((_one, index) => index);
  const hasBars = series.some(
    ({ field }) => stackOf(field) !== undefined && field.custom.drawStyle === "bars",
  );
  return hasBars ? indexes.reverse() : indexes;
}

/** Series with one unit and one side share an axis. */
export const scaleOf = ({ unit, custom }: Field): string =>
  `${unit ?? "none"} ${custom.axisPlacement === "right" ? "right" : ""}`;

/** One grid of times for all; the usual case is that they have it already. */
function sharedTimes(all: readonly Series[]): number[] {
  const [first] = all;
  if (!first) return [];
  const same = all.every(({ times }) => times.length === first.times.length && times[0] === first.times[0]);
  if (same) return [...first.times];
  return [...new Set(all.flatMap(({ times }) => times))].sort((a, b) => a - b);
}

/** @param hidden names of series that people have switched off */
export function alignLines({ series }: PanelData, hidden: ReadonlySet<string>): Lines {
  const times = sharedTimes(series);
  const values = series.map((one) => {
    if (one.times.length === times.length) return one.values;
    const known = new Map(one.times.map((at, i) => [at, one.values[i] ?? null]));
    return times.map((at) => known.get(at) ?? null);
  });
  const sums = new Map<string, number[]>();
  const drawn = series.map((one, index) => {
    const own = (values[index] ?? []).map((value) =>
      value !== null && Number.isFinite(value) ? value : null,
    );
    if (hidden.has(one.name)) return own.map(() => null);
    const group = stackOf(one.field);
    if (group === undefined) return own;
    const sum = sums.get(group) ?? new Array<number>(times.length).fill(0);
    sums.set(group, sum);
    return own.map((value, i) => {
      const total = (sum[i] ?? 0) + (value ?? 0);
      sum[i] = total;
      return total;
    });
  });
  // Where nothing of a stack was measured there is nothing, not a stack of nothing.
  series.forEach((one, index) => {
    if (stackOf(one.field) === undefined) return;
    const mates = series.flatMap((mate, i) =>
      stackOf(mate.field) === stackOf(one.field) ? [values[i] ?? []] : [],
    );
    const line = drawn[index];
    line?.forEach((_value, i) => {
      if (mates.every((mate) => mate[i] === null || mate[i] === undefined)) line[i] = null;
    });
  });
  return { times, values, drawn };
}

const count = (plot: uPlot, index: number, from: number, to: number): number => {
  let found = 0;
  for (let i = from; i <= to && found < 2; i++) if (plot.data[index]?.[i] !== null) found++;
  return found;
};

/** A lone point would not be seen as a line. */
const showPoints =
  (mode: unknown) =>
  (plot: uPlot, index: number, from: number, to: number): boolean =>
    mode === "always" || count(plot, index, from, to) === 1;

/** How uPlot draws a series. @param paths of uPlot, which is loaded by the chart alone */
export function seriesOptions(
  one: Series,
  stroke: string,
  of: number,
  paths: typeof uPlot.paths,
): uPlot.Series {
  const { custom } = one.field;
  const bars = custom.drawStyle === "bars";
  const points = custom.drawStyle === "points";
  const stacked = stackOf(one.field) !== undefined;
  // The areas of many lines lie on each other and would hide the lines.
  const thin = bars || stacked ? 1 : Math.min(1, 3 / of);
  const opacity = (Number(custom.fillOpacity ?? (bars ? 80 : 0)) / 100) * thin;
  const style = custom.lineStyle as { fill?: string; dash?: number[] } | undefined;
  const dash = style?.fill === "dash" ? (style.dash ?? [8, 6]) : style?.fill === "dot" ? [2, 5] : undefined;
  const build = bars
    ? paths.bars?.({ size: [0.7, 40], align: 0 })
    : points
      ? () => null
      : custom.lineInterpolation === "smooth"
        ? paths.spline?.()
        : custom.lineInterpolation === "stepBefore"
          ? paths.stepped?.({ align: -1 })
          : custom.lineInterpolation === "stepAfter"
            ? paths.stepped?.({ align: 1 })
            : paths.linear?.();
  return {
    label: one.name,
    scale: scaleOf(one.field),
    stroke,
    width: Number(custom.lineWidth ?? 1),
    spanGaps: custom.spanNulls === true || typeof custom.spanNulls === "number",
    points: { show: points || showPoints(custom.showPoints), size: Number(custom.pointSize ?? 5) },
    ...(opacity > 0 && { fill: bars && stacked ? stroke : faded(stroke, opacity) }),
    ...(dash && { dash }),
    ...(build && { paths: build }),
  };
}

/** Areas between the neighbours of a stack. The series are numbered as uPlot does, from 1. */
export function bandsOf(series: readonly Series[]): uPlot.Band[] {
  const below = new Map<string, number>();
  return series.flatMap((one, index): uPlot.Band[] => {
    const group = stackOf(one.field);
    if (group === undefined || one.field.custom.drawStyle === "bars") return [];
    const lower = below.get(group);
    below.set(group, index + 1);
    return lower === undefined ? [] : [{ series: [index + 1, lower] }];
  });
}
