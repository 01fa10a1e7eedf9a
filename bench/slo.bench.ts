import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { renderTable } from "@watchkeeper/alerts/command/table";
import { renderSloRules } from "@watchkeeper/alerts/slo/rules";
import { ruleTiming } from "@watchkeeper/alerts/slo/timing";
import { windowOf } from "@watchkeeper/catalogue/slo";
import { obtainTools } from "@watchkeeper/native/tools";
import { type Backfilled, backfill, olderThan, startBackfilled } from "./backfilled-prometheus.ts";
import type { History } from "./remote-write.ts";
import {
  bad,
  countMonth,
  type Load,
  ourLoad,
  peerLoads,
  promises,
  recordOurs,
  recordTheirs,
  seriesRecorded,
  slo,
  total,
} from "./slo-contenders.ts";
import {
  DAYS,
  END,
  IN_MEMORY_FROM,
  INTERVAL,
  liveThrough,
  newTruth,
  SERIES_A_ROUTE,
  trueBudget,
} from "./slo-data.ts";

const DEFAULT_SERIES = 400;
const DEFAULT_RUNS = 7;
const NUMBERS = [1, 10, 100] as const;
type Name = "ours" | "sloth" | "pyrra";
const names = ["ours", "sloth", "pyrra"] as const;

/** Starts a Prometheus with what it has and a family of series more. */
async function startWith(
  folder: string,
  tools: Awaited<ReturnType<typeof obtainTools>>,
  family: string,
  histories: Iterable<History>,
): Promise<Backfilled> {
  const recent: History[] = [];
  await backfill(folder, tools, family, olderThan(IN_MEMORY_FROM, histories, recent));
  const prometheus = await startBackfilled(folder, tools);
  await prometheus.remember(recent);
  return prometheus;
}

interface Cost {
  readonly samples: number;
  readonly engineMs: number;
}

/** Samples and engine time a minute; of each rule the quickest of several runs, in which all sets take turns. */
async function measure(
  prometheus: Backfilled,
  loads: readonly Load[],
  runs: number,
): Promise<readonly Cost[]> {
  const best = new Map<object, Cost>();
  for (let run = 0; run < runs; run += 1) {
    for (const rule of loads.flat()) {
      const { samples, engineMs } = await prometheus.ask(rule.expr, END);
      best.set(rule, { samples, engineMs: Math.min(engineMs, best.get(rule)?.engineMs ?? engineMs) });
    }
  }
  const sumOf = (load: Load, of: keyof Cost): number =>
    load.reduce((sum, rule) => sum + (best.get(rule)?.[of] ?? 0) * rule.perMinute, 0);
  return loads.map((load) => ({ samples: sumOf(load, "samples"), engineMs: sumOf(load, "engineMs") }));
}

async function askOne(prometheus: Backfilled, query: string): Promise<number> {
  const { values } = await prometheus.ask(query, END);
  const mine = values.filter(({ metric }) => (metric.slo ?? slo.name) === slo.name);
  const [first] = mine;
  if (!first || mine.length > 1) throw new Error(`Cannot measure as ${query} has ${mine.length} values`);
  return first.value;
}

/** What each says is left of the budget; those of the peers in words that their own boards use. */
async function budgetsLeft(prometheus: Backfilled): Promise<Readonly<Record<Name, number>>> {
  const remaining = ourLoad([slo]).find(({ expr }) => expr.startsWith("(1 - "))?.expr ?? "";
  const average = `avg_over_time(slo:sli_error:ratio_rate5m{sloth_id="${slo.name}"}[30d])`;
  return {
    ours: await askOne(prometheus, remaining),
    sloth: await askOne(prometheus, `1 - ${average} / ${1 - slo.objective}`),
    pyrra: await askOne(
      prometheus,
      `1 - sum(increase(${bad}[28d])) / sum(increase(${total}[28d])) / ${1 - slo.objective}`,
    ),
  };
}

function timeToGenerate(count: number): number {
  const begin = performance.now();
  renderSloRules(promises(count));
  return performance.now() - begin;
}

function parseFlags(args: readonly string[]): { readonly routes: number; readonly runs: number } {
  const { values } = parseArgs({
    args: [...args],
    options: { series: { type: "string" }, runs: { type: "string" } },
  });
  const wanted = Number(values.series ?? DEFAULT_SERIES);
  const routes = wanted / SERIES_A_ROUTE;
  const runs = Number(values.runs ?? DEFAULT_RUNS);
  if (!(Number.isInteger(routes) && routes >= 1 && routes <= 100)) {
    throw new Error(
      `Cannot measure on ${values.series} series as --series must be a multiple of ${SERIES_A_ROUTE} up to 2000`,
    );
  }
  if (!(Number.isInteger(runs) && runs >= 1 && runs <= 20)) {
    throw new Error(`Cannot measure ${values.runs} times as --runs must be from 1 to 20`);
  }
  return { routes, runs };
}

const ratio = (theirs: number, mine: number): number => Number((theirs / mine).toFixed(1));

/**
 * Compares what rules of three shapes cost a real Prometheus, and what they say is left of a budget. The last line is
 * JSON; its ratios are those of a single promise, with which what promises share costs most.
 */
export async function run(print: (line: string) => void, args: readonly string[]): Promise<void> {
  const { routes, runs } = parseFlags(args);
  const tools = await obtainTools(print);
  const folder = mkdtempSync(join(tmpdir(), "watchkeeper-bench-slo-"));
  let prometheus: Backfilled | undefined;
  try {
    print(
      `${slo.objective * 100} % over ${windowOf(slo)} on ${routes * SERIES_A_ROUTE} series; ${DAYS} days, the last at ` +
        `${INTERVAL} s; 20:1 between day and night, weekly restarts, error series born at their first error.`,
    );
    const truth = newTruth();
    prometheus = await startWith(folder, tools, "http_requests_total", liveThrough(truth, routes));
    const counts = await countMonth(prometheus);
    let recorded = await recordTheirs(prometheus);
    const costs: Cost[] = [];
    let theirs: readonly Cost[] = [];
    let last = 0;
    for (const count of NUMBERS) {
      // What promises share is evaluated for all that have a past, so no more of them may have one.
      const slos = promises(count);
      recorded = [...recorded, ...recordOurs(counts, slos.slice(last))];
      await prometheus.stop();
      prometheus = await startWith(folder, tools, "slo", recorded);
      const [own, ...others] = await measure(
        prometheus,
        [ourLoad(slos), ...(last === 0 ? [peerLoads.sloth, peerLoads.pyrra] : [])],
        runs,
      );
      if (own) costs.push(own);
      if (last === 0) theirs = others;
      [last, recorded] = [count, []];
    }
    const [sloth, pyrra] = theirs;
    if (!sloth || !pyrra) throw new Error("Cannot compare as there is nobody to compare with");
    const versus = NUMBERS.map((count, i) => {
      const cost = costs[i] as Cost;
      const times = ({ samples, engineMs }: Cost): Cost => ({
        samples: samples * count,
        engineMs: engineMs * count,
      });
      return { count, ours: cost, sloth: times(sloth), pyrra: times(pyrra) };
    });
    print(
      renderTable([
        ["a minute", "samples: ours", "sloth", "pyrra", "engine ms: ours", "sloth", "pyrra"],
        ...versus.map(({ count, ...cost }) => [
          `${count} SLO${count > 1 ? "s" : ""}`,
          ...names.map((name) => Math.round(cost[name].samples).toLocaleString("en")),
          ...names.map((name) => cost[name].engineMs.toFixed(1)),
        ]),
      ]),
    );
    const left = await budgetsLeft(prometheus);
    // The newest sample that our rules read is older than the lag.
    const newest = END - Math.ceil(ruleTiming.lag / INTERVAL) * INTERVAL;
    const exact: Readonly<Record<Name, number>> = {
      ours: trueBudget(truth, slo.objective, DAYS, newest),
      sloth: trueBudget(truth, slo.objective, DAYS, END),
      pyrra: trueBudget(truth, slo.objective, 28, END),
    };
    const points = (name: Name): number => Math.abs(left[name] - exact[name]) * 100;
    print(
      renderTable([
        ["", ...names],
        ["budget left", ...names.map((name) => `${(left[name] * 100).toFixed(3)} %`)],
        ["truth", ...names.map((name) => `${(exact[name] * 100).toFixed(3)} %`)],
        ["off by, points", ...names.map((name) => points(name).toFixed(4))],
      ]),
    );
    const ratiosOf = ({ ours: own, sloth: a, pyrra: b }: (typeof versus)[number]) => ({
      samples_vs_sloth: ratio(a.samples, own.samples),
      samples_vs_pyrra: ratio(b.samples, own.samples),
      engine_vs_sloth: ratio(a.engineMs, own.engineMs),
      engine_vs_pyrra: ratio(b.engineMs, own.engineMs),
    });
    const [single, ...several] = versus;
    if (!single) throw new Error("Cannot compare as nothing was measured");
    print(
      JSON.stringify({
        budget_error_points: Number(points("ours").toFixed(5)),
        ...ratiosOf(single),
        series_per_slo: seriesRecorded,
        generate_1000_ms: Math.round(timeToGenerate(1_000)),
        ...Object.fromEntries(several.map((each) => [`at_${each.count}_slos`, ratiosOf(each)])),
      }),
    );
  } finally {
    await prometheus?.stop();
    rmSync(folder, { recursive: true });
  }
}
