import { type Field, fieldOf, showValue, thresholdColor } from "../../boards/field.ts";
import type { Panel } from "../../boards/model.ts";
import { reduce } from "../../boards/reducers.ts";
import { colour, paletteColour } from "./colours.ts";
import type { PanelData, Series } from "./data.ts";

/** One number with what belongs to it, as stats, gauges and bars show it. */
export interface Cell {
  readonly name: string;
  readonly field: Field;
  readonly value: number | null;
  readonly text: string;
  readonly colour: string;
  /** Where the number comes from; absent when nothing was measured at all. */
  readonly series?: Series;
}

/** Between which values a bar or a hand moves. */
export function spanOf(field: Field, values: readonly (number | null)[]): readonly [number, number] {
  const finite = values.filter((value): value is number => value !== null && Number.isFinite(value));
  const min = field.min ?? Math.min(0, ...finite);
  const usual = field.unit === "percentunit" ? 1 : field.unit === "percent" ? 100 : undefined;
  const max = field.max ?? usual ?? Math.max(...finite, min);
  return max > min ? [min, max] : [min, min + 1];
}

export function cellColour(
  field: Field,
  value: number | null,
  span: readonly [number, number],
  index: number,
): string {
  const mapped = showValue(field, value).color;
  if (mapped) return colour(mapped);
  const { mode = "thresholds", fixedColor = "text" } = field.color ?? {};
  if (mode === "fixed") return colour(fixedColor);
  if (mode.startsWith("palette")) return paletteColour(index);
  return colour(thresholdColor(field, value, span));
}

/** The numbers of a panel: one for each series, or the words for nothing. */
export function cellsOf(panel: Panel, { series }: PanelData): readonly Cell[] {
  const calcs = (panel.options?.reduceOptions as { calcs?: readonly string[] } | undefined)?.calcs ?? [];
  const calc = calcs[0] ?? "lastNotNull";
  const numbers = series.map(({ values }) => reduce(calc, values));
  if (series.length === 0) {
    const field = fieldOf(panel.fieldConfig, { name: "", refId: "A", type: "number" });
    const { text, color } = showValue(field, null);
    return [{ name: "", field, value: null, text, colour: colour(color ?? "text") }];
  }
  return series.map((one, index) => {
    const value = numbers[index] ?? null;
    const span = spanOf(one.field, numbers);
    return {
      name: one.name,
      field: one.field,
      value,
      text: showValue(one.field, value).text,
      colour: cellColour(one.field, value, span, index),
      series: one,
    };
  });
}

export const describeCells = (title: string, cells: readonly Cell[]): string =>
  `${title}. ${cells.map(({ name, text }) => (name && cells.length > 1 ? `${name}: ${text}` : text)).join("; ")}`;
