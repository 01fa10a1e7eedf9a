import { sloSeries } from "@watchkeeper/catalogue/names";
import type { Matcher, Selector } from "@watchkeeper/catalogue/promql";
import type { Slo } from "@watchkeeper/catalogue/slo";
import { growthOf, type Series } from "./series.ts";
import type { Labels } from "./shape.ts";
import type { Moment } from "./world/world.ts";

const HOUR = 3_600;
const DAY = 86_400;
/** How often the rules look: each look at a gauge is an event. */
const LOOK = 15;

const compares: Readonly<Record<Matcher["operator"], (found: string, wanted: string) => boolean>> = {
  "!=": (found, wanted) => found !== wanted,
  "=~": (found, wanted) => new RegExp(`^(?:${wanted})$`).test(found),
  "!~": (found, wanted) => !new RegExp(`^(?:${wanted})$`).test(found),
};

/** Whether a selector takes a series, as Prometheus decides it. */
export const takes = ({ name, matchers }: Selector, series: Pick<Series, "name" | "labels">): boolean =>
  series.name === name &&
  Object.entries(matchers).every(([label, matcher]) => {
    const found = series.labels[label] ?? "";
    return typeof matcher === "string" ? found === matcher : compares[matcher.operator](found, matcher.value);
  });

function sumOf(parts: readonly Float64Array[], length: number): Float64Array {
  const sum = new Float64Array(length);
  for (const part of parts) for (let i = 0; i < length; i++) sum[i] = (sum[i] ?? 0) + (part[i] ?? 0);
  return sum;
}

/** What a promise counts between each moment and the one before. */
function countOf({ indicator }: Slo, raw: readonly Series[], moments: readonly Moment[]) {
  const grown = (selectors: readonly Selector[]): Float64Array =>
    sumOf(
      selectors.flatMap((selector) => raw.filter((series) => takes(selector, series)).map(growthOf)),
      moments.length,
    );
  if (indicator.kind === "samples") {
    const [gauge] = raw.filter((series) => takes(indicator.gauge, series));
    const events = Float64Array.from(moments, ({ seconds }) => seconds / LOOK);
    return { events, errors: events.map((looks, i) => (gauge?.values[i] === 0 ? looks : 0)) };
  }
  const events = grown(indicator.total);
  if (indicator.kind === "bad") return { events, errors: grown(indicator.bad) };
  const good = grown(indicator.good);
  return { events, errors: events.map((count, i) => count - (good[i] ?? 0)) };
}

function runningSum(growth: Float64Array): Float64Array {
  let total = 0;
  return growth.map((by) => {
    total += by;
    return total;
  });
}

/** Of each moment, the last one that lies at least so many seconds before it; 0 for those that have none. */
function indexesBefore(moments: readonly Moment[], seconds: number): readonly number[] {
  let last = 0;
  return moments.map(({ at }) => {
    while ((moments[last + 1]?.at ?? at) <= at - seconds) last += 1;
    return last;
  });
}

/** What the rules of a promise would have recorded. */
export interface RecordedPromise {
  /** Copies that are taken every hour, and what counting began with: small, and what the rules need of long ago. */
  readonly hourly: readonly Series[];
  readonly recorded: readonly Series[];
}

/** Whom a promise is made to, as the labels that tell them apart: all together, or each that the raw series know. */
function groupsOf({ per, indicator }: Slo, raw: readonly Series[]): readonly Labels[] {
  if (!per) return [{}];
  const selectors = indicator.kind === "samples" ? [indicator.gauge] : indicator.total;
  const mine = raw.filter((series) => selectors.some((selector) => takes(selector, series)));
  return [...new Set(mine.map(({ labels }) => labels[per.label] ?? ""))].map((name) => ({
    [per.label]: name,
  }));
}

/** Counts what the raw series hold as the rules of the promise count it, for each to whom it is made. */
export const recordPromise = (
  slo: Slo,
  raw: readonly Series[],
  moments: readonly Moment[],
): readonly RecordedPromise[] => {
  const allowed: Series = {
    name: sloSeries.budgetRatio,
    labels: {
      slo: slo.name,
      service: slo.service,
      owner: slo.owner,
      urgency: slo.urgency,
      preset: slo.preset,
      window: `${slo.days}d`,
      idle: slo.mayBeIdle === undefined ? "no" : "yes",
    },
    values: new Float64Array(moments.length).fill(allowedShare(slo)),
  };
  const groups = groupsOf(slo, raw).map((group) => {
    const own = raw.filter(({ labels }) =>
      Object.entries(group).every(([name, value]) => labels[name] === value),
    );
    return recordGroup(slo, group, own, moments);
  });
  return [...groups, { hourly: [], recorded: [allowed] }];
};

const allowedShare = ({ objective }: Slo): number => Number((1 - objective).toPrecision(12));

function recordGroup(
  slo: Slo,
  group: Labels,
  raw: readonly Series[],
  moments: readonly Moment[],
): RecordedPromise {
  const count = countOf(slo, raw, moments);
  const events = runningSum(count.events);
  const errors = runningSum(count.errors);
  const allowed = allowedShare(slo);
  const born = moments[0]?.at ?? 0;
  const labels = { slo: slo.name, ...group };
  const series = (name: string, value: (i: number) => number): Series => ({
    name,
    labels,
    values: Float64Array.from(moments, (_, i) => value(i)),
  });
  /** Only the first moment of each hour has a copy. */
  const hourly = (name: string, value: (i: number) => number): Series =>
    series(name, (i) => {
      const hourOf = (at: number | undefined): number => Math.floor((at ?? 0) / HOUR);
      return hourOf(moments[i]?.at) === hourOf(moments[i - 1]?.at) ? Number.NaN : value(i);
    });
  const eventsAt = (i: number): number => events[i] ?? 0;
  const errorsAt = (i: number): number => errors[i] ?? 0;
  const burnRate = (name: string, seconds: number): Series => {
    const before = indexesBefore(moments, seconds);
    return series(name, (i) => {
      const from = before[i] ?? 0;
      const most = (eventsAt(i) - eventsAt(from)) * allowed;
      return most > 0 ? (errorsAt(i) - errorsAt(from)) / most : 0;
    });
  };
  const window = slo.days * DAY;
  const before = indexesBefore(moments, window);
  const budget = (i: number): number => {
    const age = Math.max((moments[i]?.at ?? born) - born, HOUR);
    const younger = Math.min(Math.max(window / age, 1), slo.days * 24);
    return (eventsAt(i) - eventsAt(before[i] ?? 0)) * allowed * younger;
  };
  return {
    hourly: [
      hourly(sloSeries.eventsHourly, eventsAt),
      hourly(sloSeries.errorsHourly, errorsAt),
      hourly(sloSeries.bornHourly, () => born),
      // The first evaluation of all goes on from nothing.
      series(sloSeries.eventsResume, (i) => (i === 0 ? 0 : Number.NaN)),
      series(sloSeries.errorsResume, (i) => (i === 0 ? 0 : Number.NaN)),
    ],
    recorded: [
      series(sloSeries.eventsDelta, (i) => count.events[i] ?? 0),
      series(sloSeries.errorsDelta, (i) => count.errors[i] ?? 0),
      ...(slo.per ? [series(sloSeries.groups, () => 0)] : []),
      series(sloSeries.eventsCumulative, eventsAt),
      series(sloSeries.errorsCumulative, errorsAt),
      series(sloSeries.born, () => born),
      series(sloSeries.budgetEvents, budget),
      series(sloSeries.budgetRemaining, (i) => {
        const most = budget(i);
        return most > 0 ? 1 - (errorsAt(i) - errorsAt(before[i] ?? 0)) / most : 1;
      }),
      burnRate(sloSeries.burnRate1h, HOUR),
      burnRate(sloSeries.burnRate6h, 6 * HOUR),
    ],
  };
}
