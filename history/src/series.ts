import type { Place } from "./place.ts";
import type { Job, Labels, Line, Over, Shape, Spread } from "./shape.ts";
import type { Moment } from "./world/world.ts";

/** One series with a value for each moment; NaN where there is no sample. */
export interface Series {
  readonly name: string;
  readonly labels: Labels;
  readonly values: Float64Array;
}

/** What the directory tells of itself cannot be scraped while it is away, and its counters begin at 0 with each start. */
const dies = (job: Job): boolean => job === "app";
const scraped = ["up", "scrape_samples_scraped", "scrape_duration_seconds"];

/** Adds up what counters gain, from 0 at each start of the directory where they are its own. */
function* totals(
  job: Job,
  over: (moment: Moment) => number | undefined,
  moments: readonly Moment[],
): Generator<readonly [total: number, wasStarted: boolean]> {
  let total = 0;
  let startedAt = moments[0]?.startedAt;
  for (const moment of moments) {
    const gained = over(moment) ?? 0;
    const wasStarted = dies(job) && moment.startedAt !== startedAt;
    // Of the time since the moment before, only what came after the start is counted.
    if (wasStarted) total = gained * Math.min(moment.seconds, moment.at - moment.startedAt);
    else total += gained * moment.seconds;
    startedAt = moment.startedAt;
    yield [total, wasStarted];
  }
}

const isSeen = (name: string, job: Job, { isUp }: Moment): boolean =>
  isUp || !dies(job) || scraped.includes(name);

function lineOf({ name, job, kind, over, isWhole }: Line, moments: readonly Moment[]): Float64Array {
  const counted = kind === "counter" ? totals(job, over, moments) : undefined;
  return Float64Array.from(moments, (moment) => {
    const [total] = counted?.next().value ?? [over(moment) ?? Number.NaN];
    if (!isSeen(name, job, moment)) return Number.NaN;
    return isWhole ? Math.round(total) : total;
  });
}

/** The mean of such durations lies above their half; 1.5 times is near enough for any evenness of 2 and more. */
const MEAN = 1.5;

/** All series of a histogram: each event is in all buckets from some edge on, so that none ever counts more than the next. */
function* spreadOf(spread: Spread, moments: readonly Moment[]) {
  const { name, job, rate, half, evenness = 2, buckets, counted } = spread;
  const line = (over: Over): Float64Array =>
    lineOf({ ...spread, kind: "counter", over, isWhole: true }, moments);
  const count = line(rate);
  for (const edge of buckets) {
    const slower = ({ slowness }: Moment): number => 1 - 1 / (1 + ((half * slowness) / edge) ** evenness);
    const misses = totals(job, (moment) => (rate(moment) ?? 0) * slower(moment), moments);
    let missed = 0;
    let before = 0;
    const values = count.map((events) => {
      const [total, wasStarted] = misses.next().value ?? [0, false];
      if (wasStarted) missed = before = 0;
      if (Number.isNaN(events)) return events;
      missed = Math.min(Math.round(total), missed + events - before);
      before = events;
      return events - missed;
    });
    yield { name: `${name}_bucket`, more: { le: String(edge) }, values };
  }
  yield { name: `${name}_bucket`, more: { le: "+Inf" }, values: count };
  yield { name: `${name}_count`, more: {}, values: count };
  const took = (moment: Moment): number => (rate(moment) ?? 0) * half * moment.slowness * MEAN;
  yield {
    name: `${name}_sum`,
    more: {},
    values: lineOf({ ...spread, kind: "counter", over: took, isWhole: false }, moments),
  };
  if (counted) yield { name: counted.name, more: {}, values: count };
}

/** Lives a shape through all moments. */
export function seriesOf(shape: Shape, moments: readonly Moment[], place: Place): readonly Series[] {
  const { name, job } = shape;
  const labels = { ...shape.labels, job, instance: place.instanceOf(job) };
  if (shape.kind !== "histogram") return [{ name, labels, values: lineOf(shape, moments) }];
  return [...spreadOf(shape, moments)].map(({ name, more, values }) => ({
    name,
    labels: { ...labels, ...more },
    values,
  }));
}

/**
 * By how much a counter grew until each moment, as the rules of promises count it: one that fell was started again and
 * counts whole.
 */
export function growthOf({ values }: Series): Float64Array {
  const grown = new Float64Array(values.length);
  let before = values[0] ?? Number.NaN;
  for (let i = 1; i < values.length; i++) {
    const now = values[i] ?? Number.NaN;
    if (Number.isNaN(now)) continue;
    if (!Number.isNaN(before)) grown[i] = now >= before ? now - before : now;
    before = now;
  }
  return grown;
}
