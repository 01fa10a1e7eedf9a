import { type Scraped, scrapeAt, type Target } from "./world.ts";

/** Prometheus extrapolates to the edge of a range that is less than so many scrapes away. */
const NEAR = 1.1;

/**
 * What `rate(counter[window])` says at a moment, undefined where the range has fewer than two samples. It is
 * `extrapolatedRate` of Prometheus' promql/functions.go for a counter that is never reset.
 */
function rate(
  { phase }: Target,
  values: Float64Array,
  born: number,
  interval: number,
  window: number,
  second: number,
): number | undefined {
  const last = Math.min(values.length - 1, Math.floor((second - phase) / interval));
  const first = Math.max(born, Math.ceil((second - window - phase) / interval));
  if (last <= first) return undefined;
  const from = values[first] as number;
  const increase = (values[last] as number) - from;
  const sampled = (last - first) * interval;
  let toStart = phase + first * interval - (second - window);
  if (increase > 0) toStart = Math.min(toStart, (sampled * from) / increase);
  const toEnd = second - (phase + last * interval);
  const near = (gap: number): number => (gap < interval * NEAR ? gap : interval / 2);
  return (increase * (sampled + near(toStart) + near(toEnd))) / sampled / window;
}

/** `sum(rate(bad[window])) / sum(rate(total[window]))` at a moment, undefined where it has no value or none that is a number. */
export function errorRatio(scraped: Scraped, window: number, second: number): number | undefined {
  let errors: number | undefined;
  let events = 0;
  for (const target of scraped.targets) {
    if (scrapeAt(target, scraped.interval, second) < 0) continue;
    const bad = rate(target, target.bad, target.badBorn, scraped.interval, window, second);
    if (bad !== undefined) errors = (errors ?? 0) + bad;
    events += rate(target, target.total, 0, scraped.interval, window, second) ?? 0;
  }
  return errors === undefined || events === 0 ? undefined : errors / events;
}
