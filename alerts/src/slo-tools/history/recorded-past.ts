import { sloSeries } from "@watchkeeper/catalogue/names";
import type { Slo } from "@watchkeeper/catalogue/slo";
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

type Values = readonly number[];

/** What is asked of a promise here. */
type Recorded = Pick<Slo, "name" | "per">;

/**
 * Reads a promise's past, by to whom it is made; the only one is `""` where it is made to all together. All times in
 * Unix seconds.
 * @throws Error when nothing was recorded
 */
export async function loadPasts(
  api: PrometheusApi,
  { name: slo, per }: Recorded,
  from: number,
  to: number,
  step: number,
): Promise<ReadonlyMap<string, RecordedPast>> {
  const groupOf = (labels: Readonly<Record<string, string>>): string => (per && labels[per.label]) ?? "";
  const load = async (name: string): Promise<ReadonlyMap<string, Values>> => {
    const loaded = new Map<string, number[]>();
    for (let begin = from; begin <= to; begin += MOST_POINTS * step) {
      const end = Math.min(to, begin + (MOST_POINTS - 1) * step);
      for (const { labels, samples } of await api.queryRange(`${name}{slo="${slo}"}`, begin, end, step)) {
        const group = groupOf(labels);
        const values =
          loaded.get(group) ?? new Array<number>(Math.floor((to - from) / step) + 1).fill(Number.NaN);
        for (const [at, value] of samples) values[Math.round((at - from) / step)] = value;
        loaded.set(group, values);
      }
    }
    return loaded;
  };
  const events = await load(sloSeries.eventsCumulative);
  const errors = await load(sloSeries.errorsCumulative);
  if (events.size === 0) {
    throw new Error(`Cannot read the past of "${slo}" as its rules must have recorded it: found nothing`);
  }
  const births = await api.query(`last_over_time(${sloSeries.born}{slo="${slo}"}[8d])`, to);
  const bornOf = new Map(births.map(({ labels, samples }) => [groupOf(labels), samples[0]?.[1]]));
  return new Map(
    [...events].map(([group, counted]): [string, RecordedPast] => {
      const first = counted.findIndex((value) => !Number.isNaN(value));
      const born = bornOf.get(group) ?? bornOf.get("") ?? from + first * step;
      return [
        group,
        { from, to, step, born, events: counted, errors: errors.get(group) ?? counted.map(() => Number.NaN) },
      ];
    }),
  );
}
