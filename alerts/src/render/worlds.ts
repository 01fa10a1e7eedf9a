import type { InputSeries } from "../alert.ts";

/** Samples in promtool's notation are this many; `1x4` is five of them, and `_x4` four. */
export function lengthOf(values: string): number {
  return values
    .trim()
    .split(/\s+/)
    .map((token) => {
      const times = /x(\d+)$/.exec(token)?.[1];
      if (times === undefined) return 1;
      return token.startsWith("_") ? Number(times) : Number(times) + 1;
    })
    .reduce((sum, length) => sum + length, 0);
}

const nothing = (length: number): string => (length > 0 ? `_x${length}` : "");

/**
 * One world after another, told as one. What the second does not have is gone when it begins; a counter of both begins
 * anew, as after a restart.
 * @param length of the first, in samples
 */
export function oneAfterAnother(
  first: readonly InputSeries[],
  length: number,
  second: readonly InputSeries[],
): readonly InputSeries[] {
  const later = new Map(second.map(({ series, values }) => [series.text, values]));
  const earlier = new Set(first.map(({ series }) => series.text));
  return [
    ...first.map(({ series, values }) => ({
      series,
      values: [values, nothing(length - lengthOf(values)), later.get(series.text) ?? "stale"].join(" "),
    })),
    ...second
      .filter(({ series }) => !earlier.has(series.text))
      .map(({ series, values }) => ({ series, values: [nothing(length), values].join(" ") })),
  ];
}
