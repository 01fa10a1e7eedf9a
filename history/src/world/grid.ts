/** A part of the past in which there is a sample each `step`; seconds, counted back from the end. */
export interface Density {
  /** How far back it reaches. */
  readonly back: number;
  readonly step: number;
}

const HOUR = 3_600;
export const DAY = 24 * HOUR;

/**
 * Near the end as dense as rates over a minute need, before that as sparse as a line without gaps allows: Prometheus
 * takes a sample for the present for five minutes.
 */
export const DENSITIES: readonly Density[] = [
  { back: 30 * DAY, step: 300 },
  { back: 26 * HOUR, step: 60 },
  { back: 7 * HOUR, step: 30 },
];

/** A stretch that people will look at closely. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const CLOSELY = 30;
const AROUND = 1_800;

/**
 * When there are samples, in Unix seconds, ascending.
 * @param end the last one; a multiple of 60
 * @param densities the oldest first
 * @param stretches in which, and half an hour around which, samples lie close
 */
export function gridOf(
  end: number,
  densities: readonly Density[],
  stretches: readonly Stretch[] = [],
): readonly number[] {
  const times: number[] = [];
  for (const [i, { back, step }] of densities.entries()) {
    const from = Math.ceil((end - back) / step) * step;
    const to = end - (densities[i + 1]?.back ?? -1);
    for (let at = from; at < to; at += step) times.push(at);
  }
  const oldest = times[0] ?? end;
  for (const { from, to } of stretches) {
    const begin = Math.max(oldest, Math.floor((from - AROUND) / CLOSELY) * CLOSELY);
    for (let at = begin; at <= Math.min(end, to + AROUND); at += CLOSELY) times.push(at);
  }
  return [...new Set(times)].sort((a, b) => a - b);
}
