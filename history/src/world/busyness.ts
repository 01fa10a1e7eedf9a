/** Share of the peak at each full hour of a working day; the demo traffic has the same day. */
const BY_HOUR = [
  0.2, 0.18, 0.16, 0.15, 0.15, 0.18, 0.25, 0.45, 0.75, 0.95, 1, 0.95, 0.7, 0.8, 0.95, 1, 0.9, 0.7, 0.5, 0.4,
  0.35, 0.3, 0.26, 0.22,
] as const;

const WEEKEND_SHARE = 0.6;

/** How busy the directory is, as a share of its peak, more than 0 and at most 1. @param at Unix seconds */
export function busyness(at: number): number {
  const local = new Date(at * 1_000);
  const hour = local.getHours();
  const from = BY_HOUR[hour] ?? 0;
  const to = BY_HOUR[(hour + 1) % 24] ?? 0;
  const share = from + (to - from) * (local.getMinutes() / 60);
  return local.getDay() % 6 === 0 ? share * WEEKEND_SHARE : share;
}
