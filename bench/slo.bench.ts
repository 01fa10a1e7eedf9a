import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderTable } from "@watchkeeper/alerts/command/table";
import { type PeerGroup, peerGroups, type Rival } from "@watchkeeper/alerts/simulation/peer-rules";
import { seededRandom } from "@watchkeeper/alerts/simulation/random";
import { hourlyRules } from "@watchkeeper/alerts/slo/carried-on";
import { promiseRules } from "@watchkeeper/alerts/slo/promise-rules";
import { renderSloRules, sloRules } from "@watchkeeper/alerts/slo/rules";
import { defineTiming, secondsOf } from "@watchkeeper/alerts/slo/timing";
import { httpRequestsTotal } from "@watchkeeper/catalogue/metrics/http";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { match, series } from "@watchkeeper/catalogue/promql";
import { badOf, defineSlo, type Slo } from "@watchkeeper/catalogue/slo";
import { directoryAvailability } from "@watchkeeper/catalogue/slos/directory";
import { obtainTools } from "@watchkeeper/native/tools";
import { type Backfilled, backfill, type History, startBackfilled } from "./backfilled-prometheus.ts";

const DAY = 86_400;
const DAYS = 30;
/** Smaller than life, so that it takes minutes: a sample a minute, and 100 series unless told otherwise. */
const INTERVAL = 60;
const INSTANCES = 10;
const DEFAULT_SERIES = 100;
/** Each route of an instance has one for what went well and one for what failed. */
const SERIES_A_ROUTE = 2 * INSTANCES;
const RUNS = 5;
/** Any round moment: a Sunday in 2026. */
const END = 1_769_904_000;
const BEGIN = END - DAYS * DAY;
const STEPS = (DAYS * DAY) / INTERVAL;

const timing = defineTiming({ interval: INTERVAL, lag: 11, reach: 600 }, 10);

const app = { job: "app" } as const;
const total = series(httpRequestsTotal, app);
const bad = series(httpRequestsTotal, { ...app, status: match("5..") });
const slo = defineSlo({ ...directoryAvailability, name: "Measured", indicator: badOf([bad], [total]) });
const rival: Rival = { name: "Measured", objective: slo.objective, days: slo.days, total, bad };

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

/** What happened, for each step of the month. */
interface Truth {
  readonly events: Float64Array;
  readonly errors: Float64Array;
}

/** The counters of all instances. Each is restarted once a week, and shows errors only after its first one. */
function* liveThrough(truth: Truth, routes: number): Generator<History> {
  const random = seededRandom(1);
  for (let instance = 0; instance < INSTANCES; instance += 1) {
    const up: [number, number][] = [];
    for (let step = 0; step <= STEPS; step += 1) up.push([BEGIN + step * INTERVAL, 1]);
    yield { series: `up{job="app",instance="${instance}"}`, samples: up };
    for (let route = 0; route < routes; route += 1) {
      const good: [number, number][] = [[BEGIN, 0]];
      const failed: [number, number][] = [];
      let [goodCount, badCount, born] = [0, 0, false];
      for (let step = 1; step <= STEPS; step += 1) {
        const time = step * INTERVAL;
        if ((step + instance * 997) % ((7 * DAY) / INTERVAL) === 0) [goodCount, badCount] = [0, 0];
        const expected = rateAt(time) * INTERVAL;
        const errors = random.poisson(expected * failingAt(time));
        const fine = random.poisson(expected * (1 - failingAt(time)));
        goodCount += fine;
        badCount += errors;
        truth.events[step] = (truth.events[step] as number) + fine + errors;
        truth.errors[step] = (truth.errors[step] as number) + errors;
        born ||= badCount > 0;
        good.push([BEGIN + time, goodCount]);
        if (born) failed.push([BEGIN + time, badCount]);
      }
      const labels = `job="app",instance="${instance}",method="GET",route="/api/${route}"`;
      yield { series: `http_requests_total{${labels},status="200"}`, samples: good };
      if (failed.length > 0) yield { series: `http_requests_total{${labels},status="500"}`, samples: failed };
    }
  }
}

/** Share of the budget that is left after the last `days`, from what happened. */
function trueBudget({ events, errors }: Truth, days: number, until: number): number {
  const sum = (values: Float64Array): number =>
    values.subarray(Math.max(0, until - (days * DAY) / INTERVAL + 1), until + 1).reduce((a, b) => a + b, 0);
  return 1 - sum(errors) / (sum(events) * (1 - slo.objective));
}

const expressionOf = (record: string): string => {
  const rule = promiseRules(slo, timing).find((each) => each.record === record);
  if (!rule) throw new Error(`no rule records ${record}`);
  return rule.expr.text;
};

/** Lets our own rules count the past, as they would have done live, and hands over what they would have recorded. */
async function recordOurs(prometheus: Backfilled): Promise<readonly History[]> {
  const labels = `{slo="${slo.name}"}`;
  const histories: History[] = [];
  const last: Record<"events" | "errors", number> = { events: 0, errors: 0 };
  const kinds = [
    ["events", sloSeries.eventsDelta, sloSeries.eventsCumulative, sloSeries.eventsHourly],
    ["errors", sloSeries.errorsDelta, sloSeries.errorsCumulative, sloSeries.errorsHourly],
  ] as const;
  for (const [kind, delta, cumulative, hourly] of kinds) {
    const deltas = await prometheus.askRange(expressionOf(delta), BEGIN, END, INTERVAL);
    const sums: [number, number][] = [];
    for (const [time, value] of deltas) {
      last[kind] += value;
      sums.push([time, last[kind]]);
    }
    histories.push(
      { series: `${delta}${labels}`, samples: deltas },
      { series: `${cumulative}${labels}`, samples: sums },
      { series: `${hourly}${labels}`, samples: sums.filter(([time]) => (time - BEGIN) % 3_600 === 0) },
    );
  }
  const lately = Array.from({ length: 61 }, (_, i) => END - (60 - i) * INTERVAL);
  const constant = (series: string, value: number): History => ({
    series,
    samples: lately.map((time) => [time, value] as const),
  });
  const whose = `urgency="page",preset="${slo.preset}",window="${slo.days}d",idle="no"`;
  histories.push(
    constant(`${sloSeries.born}${labels}`, BEGIN),
    constant(`${sloSeries.bornHourly}${labels}`, BEGIN),
    constant(
      `${sloSeries.budgetRatio}{slo="${slo.name}",service="${slo.service}",owner="${slo.owner}",${whose}}`,
      1 - slo.objective,
    ),
    constant(`${sloSeries.budgetEvents}${labels}`, last.events * (1 - slo.objective)),
  );
  return histories;
}

/** What the peers' rules would have recorded that others of their rules read. */
async function recordTheirs(prometheus: Backfilled): Promise<readonly History[]> {
  const rules = [...peerGroups.sloth(rival, "60s"), ...peerGroups.pyrra(rival, "60s")].flatMap(
    (g) => g.rules,
  );
  const histories: History[] = [];
  for (const { record, expr, labels } of rules) {
    if (!record || !/ratio_rate|burnrate/.test(record) || /_over_time/.test(expr)) continue;
    const [name, value] = Object.entries(labels)[0] ?? [];
    // Over the whole month only where a rule averages it; the others are read at one moment.
    const from = record.endsWith("ratio_rate5m") ? BEGIN : END - 10 * INTERVAL;
    const samples = await prometheus.askRange(expr, from, END, INTERVAL);
    histories.push({
      series: `${record}{${name}="${value}"}`,
      samples: [...samples].filter(([, ratio]) => Number.isFinite(ratio)),
    });
  }
  return histories;
}

/** A set of rules, each with how often a minute it is evaluated. */
type Load = readonly { readonly expr: string; readonly perMinute: number }[];

const loadOf = (groups: readonly PeerGroup[]): Load =>
  groups.flatMap(({ interval, rules }) =>
    rules.map(({ expr }) => ({ expr, perMinute: 60 / secondsOf(interval) })),
  );

interface Cost {
  readonly samples: number;
  readonly engineMs: number;
}

/** Samples and engine time a minute; of each rule the quickest of several runs, in which all sets take turns. */
async function measure<Name extends string>(
  prometheus: Backfilled,
  loads: Readonly<Record<Name, Load>>,
): Promise<Readonly<Record<Name, Cost>>> {
  const names = Object.keys(loads) as Name[];
  const best = new Map<object, Cost>();
  for (let run = 0; run < RUNS; run += 1) {
    for (const name of names) {
      for (const rule of loads[name]) {
        const { samples, engineMs } = await prometheus.ask(rule.expr, END);
        best.set(rule, { samples, engineMs: Math.min(engineMs, best.get(rule)?.engineMs ?? engineMs) });
      }
    }
  }
  const costOf = (load: Load): Cost => ({
    samples: load.reduce((sum, rule) => sum + (best.get(rule)?.samples ?? 0) * rule.perMinute, 0),
    engineMs: load.reduce((sum, rule) => sum + (best.get(rule)?.engineMs ?? 0) * rule.perMinute, 0),
  });
  return Object.fromEntries(names.map((name) => [name, costOf(loads[name])])) as Record<Name, Cost>;
}

async function askOne(prometheus: Backfilled, query: string): Promise<number> {
  const { values } = await prometheus.ask(query, END);
  const [first] = values;
  if (!first || values.length > 1) throw new Error(`Cannot measure as ${query} has ${values.length} values`);
  return first.value;
}

function timeToGenerate(count: number): number {
  const letters = (n: number): string => [...String(n)].map((digit) => "ABCDEFGHIJ"[Number(digit)]).join("");
  const begin = performance.now();
  const many: Slo[] = Array.from({ length: count }, (_, i) =>
    defineSlo({ ...slo, name: `Slo${letters(i)}` }),
  );
  renderSloRules(many);
  return performance.now() - begin;
}

const ours: Load = [
  ...sloRules([slo], timing).map(({ expr }) => ({ expr: expr.text, perMinute: 60 / INTERVAL })),
  ...hourlyRules.map(({ expr }) => ({ expr: expr.text, perMinute: 1 / 60 })),
];
const seriesRecorded = new Set(
  [...sloRules([slo], timing), ...hourlyRules].flatMap((rule) =>
    "record" in rule && !/_resume$/.test(rule.record) ? [rule.record] : [],
  ),
).size;

function routesFor(wanted: string | undefined): number {
  const routes = Number(wanted ?? DEFAULT_SERIES) / SERIES_A_ROUTE;
  if (Number.isInteger(routes) && routes >= 1 && routes <= 100) return routes;
  throw new Error(
    `Cannot measure on ${wanted} series as their number must be a multiple of ${SERIES_A_ROUTE} up to 2000`,
  );
}

/**
 * Compares what rules of three shapes cost a real Prometheus, and what they say is left of a budget. The last line is
 * JSON.
 */
export async function run(print: (line: string) => void, [seriesWanted]: readonly string[]): Promise<void> {
  const routes = routesFor(seriesWanted);
  const tools = await obtainTools(print);
  const folder = mkdtempSync(join(tmpdir(), "watchkeeper-bench-slo-"));
  let prometheus: Backfilled | undefined;
  try {
    print(
      `One SLO of ${slo.objective * 100} % on ${routes * SERIES_A_ROUTE} series, ${DAYS} days at ${INTERVAL} s, ` +
        "20:1 between day and night, weekly restarts, error series born at their first error.",
    );
    const truth: Truth = { events: new Float64Array(STEPS + 1), errors: new Float64Array(STEPS + 1) };
    await backfill(folder, tools, "http_requests_total", liveThrough(truth, routes));
    prometheus = await startBackfilled(folder, tools);
    const recorded = [...(await recordOurs(prometheus)), ...(await recordTheirs(prometheus))];
    await prometheus.stop();
    await backfill(folder, tools, "slo", recorded);
    prometheus = await startBackfilled(folder, tools);

    const cost = await measure(prometheus, {
      ours,
      sloth: loadOf(peerGroups.sloth(rival, "60s")),
      pyrra: loadOf(peerGroups.pyrra(rival, "60s")),
    });
    const remaining = ours.find(({ expr }) => expr.startsWith("(1 - "))?.expr ?? "";
    const average = 'avg_over_time(slo:sli_error:ratio_rate5m{sloth_id="Measured"}[30d])';
    const left = {
      ours: await askOne(prometheus, remaining),
      sloth: await askOne(prometheus, `1 - ${average} / ${1 - slo.objective}`),
      pyrra: await askOne(
        prometheus,
        `1 - sum(increase(${bad}[28d])) / sum(increase(${total}[28d])) / ${1 - slo.objective}`,
      ),
    };
    // The newest sample that our rules read is older than the lag.
    const newest = STEPS - Math.ceil(timing.lag / INTERVAL);
    const exact = {
      ours: trueBudget(truth, DAYS, newest),
      sloth: trueBudget(truth, DAYS, STEPS),
      pyrra: trueBudget(truth, 28, STEPS),
    };
    const names = ["ours", "sloth", "pyrra"] as const;
    const points = (name: (typeof names)[number]): number => Math.abs(left[name] - exact[name]) * 100;
    print(
      renderTable([
        ["", ...names],
        ["samples a minute", ...names.map((name) => Math.round(cost[name].samples).toLocaleString("en"))],
        ["engine ms a minute", ...names.map((name) => cost[name].engineMs.toFixed(1))],
        ["budget left", ...names.map((name) => `${(left[name] * 100).toFixed(3)} %`)],
        ["truth", ...names.map((name) => `${(exact[name] * 100).toFixed(3)} %`)],
        ["off by, points", ...names.map((name) => points(name).toFixed(4))],
      ]),
    );
    const ratio = (theirs: number, mine: number): number => Number((theirs / mine).toFixed(1));
    print(
      JSON.stringify({
        budget_error_points: Number(points("ours").toFixed(5)),
        samples_vs_sloth: ratio(cost.sloth.samples, cost.ours.samples),
        samples_vs_pyrra: ratio(cost.pyrra.samples, cost.ours.samples),
        engine_vs_sloth: ratio(cost.sloth.engineMs, cost.ours.engineMs),
        engine_vs_pyrra: ratio(cost.pyrra.engineMs, cost.ours.engineMs),
        series_per_slo: seriesRecorded,
        generate_1000_ms: Math.round(timeToGenerate(1_000)),
      }),
    );
  } finally {
    await prometheus?.stop();
    rmSync(folder, { recursive: true });
  }
}
