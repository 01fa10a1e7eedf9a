import { seededRandom } from "@watchkeeper/alerts/simulation/random";
import type { History } from "./remote-write.ts";

/** A month of a service with ups and downs, made up from a seed, and what really happened in it. */

const DAY = 86_400;
export const DAYS = 30;
/** Any round moment: a Sunday in 2026. */
export const END = 1_769_904_000;
export const BEGIN = END - DAYS * DAY;
/** How often the service is scraped. */
export const INTERVAL = 15;
/** Before this, a sample a minute: nothing but the longest windows of the others' rules reads it, and they read less so. */
export const DENSE_FROM = END - 4.5 * DAY;
export const SPARSE_INTERVAL = 60;
/** From here on samples are in memory: Prometheus takes none that are an hour older than the newest. */
export const IN_MEMORY_FROM = END - 3_540;

const INSTANCES = 10;
/** Each route of an instance has one series for what went well and one for what failed. */
export const SERIES_A_ROUTE = 2 * INSTANCES;

/** When more fails than usual: by day and, worse, by night. */
const incidents = [
  { day: 3, hour: 11, minutes: 4, share: 0.3 },
  { day: 9, hour: 1, minutes: 180, share: 0.05 },
  { day: 16, hour: 2, minutes: 40, share: 1 },
  { day: 22, hour: 15, minutes: 20, share: 0.02 },
] as const;

/** Requests per second of one route of one instance, 20 times as many by day as by night. */
function rateAt(second: number): number {
  const hour = (second / 3_600) % 24;
  return 2 * Math.exp((Math.log(20) / 2) * (Math.cos(((hour - 14) * 2 * Math.PI) / 24) - 1));
}

const failingAt = (second: number): number =>
  incidents.find(({ day, hour, minutes }) => {
    const begin = day * DAY + hour * 3_600;
    return second > begin && second <= begin + minutes * 60;
  })?.share ?? 0.0001;

/** What happened, for each minute of the month and the quarters of its last days. */
export interface Truth {
  readonly times: readonly number[];
  readonly events: Float64Array;
  readonly errors: Float64Array;
}

export function newTruth(): Truth {
  const times = [BEGIN];
  for (let time = BEGIN; time < END; ) {
    time += time < DENSE_FROM ? SPARSE_INTERVAL : INTERVAL;
    times.push(time);
  }
  return { times, events: new Float64Array(times.length), errors: new Float64Array(times.length) };
}

/** The counters of all instances. Each is restarted once a week, and shows errors only after its first one. */
export function* liveThrough({ times, events, errors }: Truth, routes: number): Generator<History> {
  const random = seededRandom(1);
  for (let instance = 0; instance < INSTANCES; instance += 1) {
    yield {
      series: `up{job="app",instance="${instance}"}`,
      samples: times.map((time) => [time, 1] as const),
    };
    // Each instance at another hour.
    const restarts = Array.from({ length: 4 }, (_, week) => BEGIN + week * 7 * DAY + (instance + 1) * 15_000);
    for (let route = 0; route < routes; route += 1) {
      const good: [number, number][] = [[BEGIN, 0]];
      const failed: [number, number][] = [];
      let [goodCount, badCount, born] = [0, 0, false];
      for (let i = 1; i < times.length; i += 1) {
        const [before, time] = [times[i - 1] as number, times[i] as number];
        if (restarts.some((restart) => restart > before && restart <= time)) [goodCount, badCount] = [0, 0];
        const expected = rateAt(time - BEGIN) * (time - before);
        const share = failingAt(time - BEGIN);
        const bad = random.poisson(expected * share);
        const fine = random.poisson(expected * (1 - share));
        goodCount += fine;
        badCount += bad;
        events[i] = (events[i] as number) + fine + bad;
        errors[i] = (errors[i] as number) + bad;
        born ||= badCount > 0;
        good.push([time, goodCount]);
        if (born) failed.push([time, badCount]);
      }
      const labels = `job="app",instance="${instance}",method="GET",route="/api/${route}"`;
      yield { series: `http_requests_total{${labels},status="200"}`, samples: good };
      if (failed.length > 0) yield { series: `http_requests_total{${labels},status="500"}`, samples: failed };
    }
  }
}

/** Share of the budget that is left at a moment, from what happened in the days before it. */
export function trueBudget(truth: Truth, objective: number, days: number, until: number): number {
  let [events, errors] = [0, 0];
  truth.times.forEach((time, i) => {
    if (time <= until - days * DAY || time > until) return;
    events += truth.events[i] as number;
    errors += truth.errors[i] as number;
  });
  return 1 - errors / (events * (1 - objective));
}
