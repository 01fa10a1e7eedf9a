import { blockRanges, type Range, type Target, writeBlock } from "./blocks.ts";
import type { Past } from "./past.ts";
import type { Series } from "./series.ts";

/** As much as lets boards begin with something, and no more: Prometheus waits for it. */
const FIRST_SECONDS = 2 * 3_600;

/** Budgets over 30 days look at both ends of them, from the first evaluation on. */
const OLDEST_SECONDS = 3_600;

/** How far the writing is. */
export interface Progress {
  readonly done: number;
  readonly of: number;
  /** Whether Prometheus may start: what its rules go on from is there, and so is what boards show first. */
  readonly mayStart: boolean;
}

/**
 * Writes a past as blocks: first what must be there before Prometheus runs, then everything else from the present back.
 *
 * @param told hears of each block
 * @throws Error with what promtool says when it makes no block
 */
export async function writePast(
  { times, hourly, everything }: Past,
  target: Target,
  told: (progress: Progress) => void = () => {},
): Promise<void> {
  const end = times.at(-1) ?? 0;
  const recent = times.findIndex((at) => at > end - FIRST_SECONDS);
  const oldest = Math.min(
    recent,
    times.findIndex((at) => at > (times[0] ?? 0) + OLDEST_SECONDS),
  );
  const parts = (series: readonly Series[], range: Range) =>
    blockRanges(times, range).map((one) => ({ series, range: one }));
  // So few samples that one look at them for each block costs less than a program for each.
  const ground = { series: hourly, range: [0, times.length] as const };
  const first = [ground, ...parts(everything, [0, oldest]), ...parts(everything, [recent, times.length])];
  const all = [...first, ...parts(everything, [oldest, recent])];
  for (const [i, { series, range }] of all.entries()) {
    await writeBlock(target, series, times, range);
    told({ done: i + 1, of: all.length, mayStart: i + 1 >= first.length });
  }
}
