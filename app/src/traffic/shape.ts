/** Share of the peak at each full hour of a working day. The night is quiet but never silent. */
const BY_HOUR = [
  0.2, 0.18, 0.16, 0.15, 0.15, 0.18, 0.25, 0.45, 0.75, 0.95, 1, 0.95, 0.7, 0.8, 0.95, 1, 0.9, 0.7, 0.5, 0.4,
  0.35, 0.3, 0.26, 0.22,
] as const;

const WEEKEND_SHARE = 0.6;

/** How busy the directory is at a local time, as a share of the peak: more than 0, at most 1. */
export function shareOfPeak(local: Date): number {
  const hour = local.getHours();
  const from = BY_HOUR[hour] ?? 0;
  const to = BY_HOUR[(hour + 1) % 24] ?? 0;
  const share = from + (to - from) * (local.getMinutes() / 60);
  const isWeekend = local.getDay() === 0 || local.getDay() === 6;
  return isWeekend ? share * WEEKEND_SHARE : share;
}
