import type uPlot from "uplot";
import { type Field, showValue } from "../../boards/field.ts";
import { styleOf } from "./colours.ts";

const FONT = "11px system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";

const two = (value: number): string => String(value).padStart(2, "0");
const monthDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const monthYear = new Intl.DateTimeFormat(undefined, { month: "short", year: "numeric" });

/** A moment on an axis. @param step seconds between two ticks */
function tick(at: number, step: number): string {
  const date = new Date(at * 1_000);
  if (step >= 28 * 86_400) return monthYear.format(date);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
  if (step >= 86_400 || (isMidnight && step >= 60)) return monthDay.format(date);
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return step < 60 ? `${clock}:${two(date.getSeconds())}` : clock;
}

/** Colours that every axis shares, read when it is made: they differ by theme. */
const look = () => ({
  stroke: styleOf("--quiet"),
  font: FONT,
  ticks: { show: false },
  grid: { stroke: styleOf("--grid"), width: 1 },
});

export const timeAxis = (): uPlot.Axis => ({
  ...look(),
  space: 72,
  size: 24,
  gap: 4,
  values: (_plot, splits, _axis, _space, step) => splits.map((at) => tick(at, step)),
});

/** Grafana's units leave zeros that say nothing where a whole axis has them. */
const trimmed = (text: string): string => text.replace(/(\.\d*?)0+(?=\D|$)/, "$1").replace(/\.(?=\D|$)/, "");

const TWOS = Array.from({ length: 60 }, (_, i) => 2 ** (i - 4));
const CLOCK = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200];
const DAYS = [1, 2, 5, 7, 14, 28, 56, 91, 182, 365, 730, 3_650].map((days) => days * 86_400);
const FRACTIONS = [-9, -8, -7, -6, -5, -4, -3, -2, -1].flatMap((power) =>
  [1, 2, 5].map((digit) => digit * 10 ** power),
);

/** Distances of ticks that read round in a unit: 256 MiB, 5 min. */
const roundSteps: Readonly<Record<string, number[]>> = {
  bytes: TWOS,
  binBps: TWOS,
  s: [...FRACTIONS, ...CLOCK, ...DAYS],
};

/** The labels of one axis tell neighbours apart, whatever the field's decimals are for single values. */
export function labelsOf(field: Field, splits: readonly (number | null)[]): string[] {
  const { decimals: _ignored, mappings: _unused, ...plain } = field;
  return splits.map((value) => (value === null ? "" : trimmed(showValue(plain, value).text)));
}

export const valueAxis = (field: Field, scale: string, side: 1 | 3, withGrid: boolean): uPlot.Axis => {
  const label = String(field.custom.axisLabel ?? "");
  const round = roundSteps[field.unit ?? ""];
  return {
    ...look(),
    scale,
    side,
    space: 30,
    gap: 6,
    ...(round && { incrs: round }),
    ...(label && { label, labelFont: FONT, labelSize: 16, labelGap: 0 }),
    grid: { ...look().grid, show: withGrid },
    show: field.custom.axisPlacement !== "hidden",
    size: (_plot, values) => Math.max(34, ...(values ?? []).map((text) => text.length * 6.3 + 12)),
    values: (_plot, splits) => labelsOf(field, splits),
  };
};
