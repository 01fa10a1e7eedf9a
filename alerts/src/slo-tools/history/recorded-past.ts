import { sloSeries } from "@watchkeeper/catalogue/names";
import type { PrometheusApi } from "./prometheus-api.ts";

/** Prometheus answers with at most 11,000 points to a series. */
const MOST_POINTS = 10_000;

/** What a promise had counted at each step of a stretch of time, as its rules recorded it. */
export interface RecordedPast {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  /** When the promise was first evaluated, in Unix seconds. */
  readonly born: number;
  /** By step; not a number where nothing was recorded. */
  readonly events: readonly number[];
  readonly errors: readonly number[];
}

/** Reads a promise's past. All times in Unix seconds. @throws Error when nothing was recorded */
export async function loadPast(
  api: PrometheusApi,
  slo: string,
  from: number,
  to: number,
  step: number,
): Promise<RecordedPast> {
  const load = async (name: string): Promise<readonly number[]> => {
    const values = new Array<number>(Math.floor((to - from) / step) + 1).fill(Number.NaN);
    for (let begin = from; begin <= to; begin += MOST_POINTS * step) {
      const end = Math.min(to, begin + (MOST_POINTS - 1) * step);
      const [series] = await api.queryRange(`${name}{slo="${slo}"}`, begin, end, step);
      for (const [at, value] of series?.samples ?? []) values[Math.round((at - from) / step)] = value;
    }
    return values;
  };
  const events = await load(sloSeries.eventsCumulative);
  const errors = await load(sloSeries.errorsCumulative);
  const first = events.findIndex((value) => !Number.isNaN(value));
  if (first < 0) {
    throw new Error(`Cannot read the past of "${slo}" as its rules must have recorded it: found nothing`);
  }
  const [born] = await api.query(`last_over_time(${sloSeries.born}{slo="${slo}"}[8d])`, to);
  return { from, to, step, born: born?.samples[0]?.[1] ?? from + first * step, events, errors };
}
