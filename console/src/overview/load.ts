import type { Clock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import { UpstreamError } from "../upstream/fetch-json.ts";
import type { Pager } from "../upstream/pager.ts";
import type { Prometheus, Sample, Series } from "../upstream/prometheus.ts";
import { summariseJobs } from "./jobs.ts";
import { type Charts, type Overview, type Points, type RangeName, type Reading, ranges } from "./model.ts";
import * as queries from "./queries.ts";

const TILE_WINDOW = "1m";
const CHANGES_SECONDS = 6 * 60 * 60;
const OPEN_INCIDENTS = 50;
/** People who look at the same range at the same time cost Prometheus as much as one. */
const SHARED_MS = 2_000;

const isoOf = (ms: number): string => new Date(ms).toISOString();

/** JSON has no NaN: a quotient of nothing by nothing is null there. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Values on the grid of times; null where nothing was measured. */
function onGrid(times: readonly number[], all: readonly Series[]): Points {
  const values = new Map(all[0]?.points.map(([at, value]) => [Math.round(at), finite(value)]));
  return times.map((at) => values.get(at) ?? null);
}

const lastOf = (times: readonly number[], points: Points): string | null => {
  const index = points.findLastIndex((point) => point !== null);
  const at = times[index];
  return at === undefined ? null : isoOf(at * 1_000);
};

/** Remembers since when each reading cannot be had. */
function createOutages(clock: Clock, log: Log) {
  const since = new Map<string, number>();
  return async <Value>(name: string, read: () => Promise<Reading<Value>>): Promise<Reading<Value>> => {
    try {
      const reading = await read();
      since.delete(name);
      return reading;
    } catch (error) {
      if (!(error instanceof UpstreamError)) log.error({ err: error, panel: name }, "a panel failed");
      if (!since.has(name)) since.set(name, clock.now());
      const reason = error instanceof UpstreamError ? error.message : "The console itself has failed";
      return { state: "error", reason, since: isoOf(since.get(name) ?? clock.now()) };
    }
  };
}

const EMPTY = { state: "empty", lastAt: null } as const;

/** Answers with the overview of a range, read now or within the last two seconds. Never rejects. */
export type LoadOverview = (range: RangeName) => Promise<Overview>;

export function createOverviewLoader(
  prometheus: Prometheus,
  pager: Pager,
  clock: Clock,
  log: Log,
): LoadOverview {
  const guard = createOutages(clock, log);

  async function load(range: RangeName): Promise<Overview> {
    const nowMs = clock.now();
    const nowSeconds = nowMs / 1_000;
    const { seconds, stepSeconds, window } = ranges[range];
    const endSeconds = Math.floor(nowSeconds / stepSeconds) * stepSeconds;
    const startSeconds = endSeconds - seconds;
    const times = Array.from({ length: seconds / stepSeconds + 1 }, (_, i) => startSeconds + i * stepSeconds);

    const draw = async (expression: ReturnType<typeof queries.requestRate>): Promise<Points> =>
      onGrid(times, await prometheus.queryRange(expression, { startSeconds, endSeconds, stepSeconds }));

    const charts = guard("charts", async (): Promise<Reading<Charts>> => {
      const [rate, errors, p50, p95, p99] = await Promise.all([
        draw(queries.requestRate(window)),
        draw(queries.errorRatio(window)),
        draw(queries.latency(0.5, window)),
        draw(queries.latency(0.95, window)),
        draw(queries.latency(0.99, window)),
      ]);
      if (rate.every((point) => point === null)) return EMPTY;
      return { state: "ready", value: { times, rate, errors, p50, p95, p99 } };
    });

    const lastMeasured = async (): Promise<string | null> => {
      const drawn = await charts;
      return drawn.state === "ready" ? lastOf(drawn.value.times, drawn.value.rate) : null;
    };

    const tile = (
      name: string,
      expression: ReturnType<typeof queries.requestRate>,
    ): Promise<Reading<number | null>> =>
      guard(name, async () => {
        const [sample] = await prometheus.query(expression, nowSeconds);
        return sample
          ? { state: "ready", value: finite(sample.value) }
          : { state: "empty", lastAt: await lastMeasured() };
      });

    const jobs = guard("jobs", async (): Promise<Overview["jobs"]> => {
      const { targets: watched, lastUp: up, lastDown: down, firstSeen: first, demoUntil: demo } = queries;
      const [targets, lastUp, lastDown, firstSeen, made] = await Promise.all(
        [watched, up, down, first, demo(CHANGES_SECONDS)].map((expression) =>
          prometheus.query(expression, nowSeconds),
        ),
      );
      if (!targets?.length) return EMPTY;
      const fromSeconds = nowSeconds - CHANGES_SECONDS;
      // Nothing was up or down, nor watched at all, in a past that was made up.
      const madeUpTo = made?.[0]?.value ?? 0;
      const measured = (samples: readonly Sample[] = []): readonly Sample[] =>
        samples.filter(({ value }) => value > madeUpTo);
      const changes = {
        lastUp: measured(lastUp),
        lastDown: measured(lastDown),
        firstSeen: (firstSeen ?? []).map((sample) => ({
          ...sample,
          value: Math.max(sample.value, madeUpTo),
        })),
        fromSeconds,
        nowSeconds,
      };
      return { state: "ready", value: summariseJobs(targets, changes) };
    });

    const outside = guard("outside", async (): Promise<Reading<boolean>> => {
      const [sample] = await prometheus.query(queries.outside, nowSeconds);
      return sample ? { state: "ready", value: sample.value === 1 } : EMPTY;
    });

    const watchdog = guard("watchdog", async (): Promise<Reading<string>> => {
      const [sample] = await prometheus.query(queries.watchdogSeen, nowSeconds);
      return sample && sample.value > 0 ? { state: "ready", value: isoOf(sample.value * 1_000) } : EMPTY;
    });

    const incidents = guard("incidents", async (): Promise<Overview["incidents"]> => {
      return { state: "ready", value: await pager.list("open", OPEN_INCIDENTS) };
    });

    const demoUntil = guard("demo", async (): Promise<Reading<string>> => {
      const [sample] = await prometheus.query(queries.demoUntil(seconds), nowSeconds);
      return sample ? { state: "ready", value: isoOf(sample.value * 1_000) } : EMPTY;
    });

    return {
      at: isoOf(nowMs),
      range,
      ...(await all({
        rate: tile("rate", queries.requestRate(TILE_WINDOW)) as Promise<Reading<number>>,
        errors: tile("errors", queries.errorRatio(TILE_WINDOW)),
        p50: tile("p50", queries.latency(0.5, TILE_WINDOW)),
        p95: tile("p95", queries.latency(0.95, TILE_WINDOW)),
        p99: tile("p99", queries.latency(0.99, TILE_WINDOW)),
        charts,
        jobs,
        outside,
        watchdog,
        demoUntil,
        incidents,
      })),
    };
  }

  const shared = new Map<RangeName, { readonly atMs: number; readonly overview: Promise<Overview> }>();
  return (range) => {
    const known = shared.get(range);
    if (known && clock.now() - known.atMs < SHARED_MS && clock.now() >= known.atMs) return known.overview;
    const overview = load(range);
    shared.set(range, { atMs: clock.now(), overview });
    return overview;
  };
}

/** Waits for every value of an object. */
async function all<Values extends Readonly<Record<string, Promise<unknown>>>>(
  values: Values,
): Promise<{ [Name in keyof Values]: Awaited<Values[Name]> }> {
  const entries = await Promise.all(Object.entries(values).map(async ([name, value]) => [name, await value]));
  return Object.fromEntries(entries);
}
