/** What is left of an error budget at one moment: 1 is all of it, 0 none, below 0 the promise is broken. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly left: number;
}

/**
 * How a budget will go on if it goes on as it did of late.
 *
 * - `spent`: nothing is left already.
 * - `exhausts`: it reaches 0 at `atMs`.
 * - `lasts`: it does not shrink, or not fast enough to be spent within the horizon.
 * - `unknown`: too little was measured to say anything.
 */
export type Projection =
  | { readonly kind: "spent" }
  | { readonly kind: "exhausts"; readonly atMs: number; readonly perMs: number }
  | { readonly kind: "lasts"; readonly perMs: number }
  | { readonly kind: "unknown" };

/** Fewer points than this are a coincidence, not a course. */
const FEWEST_SAMPLES = 3;

/**
 * The slope that fits the samples best (least squares), per millisecond.
 * @returns undefined when all were taken at one moment
 */
function slopeOf(samples: readonly Sample[]): number | undefined {
  const count = samples.length;
  const meanAt = samples.reduce((sum, { atMs }) => sum + atMs, 0) / count;
  const meanLeft = samples.reduce((sum, { left }) => sum + left, 0) / count;
  let covariance = 0;
  let variance = 0;
  for (const { atMs, left } of samples) {
    covariance += (atMs - meanAt) * (left - meanLeft);
    variance += (atMs - meanAt) ** 2;
  }
  return variance === 0 ? undefined : covariance / variance;
}

/**
 * Goes on from the last sample with the slope of the last `lookbackMs`. A budget counts over a rolling window: what it
 * regains as old errors leave the window is part of that slope, what it will regain later is not.
 *
 * @param samples in the order of time
 * @param lookbackMs how much of the past says how things go
 * @param horizonMs beyond which a projection is no longer worth saying
 */
export function project(samples: readonly Sample[], lookbackMs: number, horizonMs: number): Projection {
  const last = samples.at(-1);
  if (!last) return { kind: "unknown" };
  if (last.left <= 0) return { kind: "spent" };
  const recent = samples.filter(({ atMs }) => atMs >= last.atMs - lookbackMs);
  const perMs = recent.length < FEWEST_SAMPLES ? undefined : slopeOf(recent);
  if (perMs === undefined) return { kind: "unknown" };
  const inMs = perMs < 0 ? last.left / -perMs : Number.POSITIVE_INFINITY;
  return inMs <= horizonMs ? { kind: "exhausts", atMs: last.atMs + inMs, perMs } : { kind: "lasts", perMs };
}

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** A span in the unit in which it is two or more: `3 days`, `45 minutes`. @param ms not negative */
export function spanText(ms: number): string {
  const [name, size] = UNITS.find(([, unit]) => ms >= 2 * unit) ?? UNITS[2];
  const count = Math.round(ms / size);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

/** `12.3%`, never `0.0%` for a little that is left and never `100.0%` for a little that is spent. */
export function shareText(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.05) return "<0.1%";
  if (percent < 100 && percent >= 99.95) return ">99.9%";
  return `${percent.toFixed(1)}%`;
}

/**
 * The sentence behind a budget's name.
 * @param nowMs the end of what is shown
 * @param momentText writes a moment in the reader's time zone
 */
export function projectionText(
  projection: Projection,
  nowMs: number,
  horizonMs: number,
  momentText: (atMs: number) => string,
): string {
  switch (projection.kind) {
    case "spent":
      return "spent";
    case "exhausts":
      return `spent in ${spanText(Math.max(0, projection.atMs - nowMs))}, ${momentText(projection.atMs)}`;
    case "lasts":
      return projection.perMs < 0 ? `lasts more than ${spanText(horizonMs)}` : "is not shrinking";
    case "unknown":
      return "too little data to project";
  }
}
