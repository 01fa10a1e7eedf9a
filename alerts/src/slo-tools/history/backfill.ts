import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type MaintenanceWindow, maintenanceOf } from "@watchkeeper/catalogue/maintenance";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { type Expr, promql } from "@watchkeeper/catalogue/promql";
import type { Slo } from "@watchkeeper/catalogue/slo";
import { countOf } from "../../slo/count.ts";
import { maintenanceRules } from "../../slo/maintenance-rule.ts";
import { type RuleTiming, ruleTiming } from "../../slo/timing.ts";
import type { Output } from "../exchange/commands.ts";
import { type History, renderOpenMetrics } from "./open-metrics.ts";
import type { PrometheusApi } from "./prometheus-api.ts";
import { type Counted, historiesOf } from "./running-sums.ts";

/** Prometheus answers with at most 11,000 points to a series. */
const MOST_POINTS = 10_000;

export interface BackfillArgs {
  readonly slos: readonly Slo[];
  /** In Unix seconds. Raw history must reach back as far. */
  readonly from: number;
  readonly to: number;
  /** Where the blocks are written: a folder that is then moved into Prometheus' data, or that data itself. */
  readonly into: string;
  readonly promtool: string;
  readonly windows: readonly MaintenanceWindow[];
  readonly timing?: RuleTiming;
}

/** Each step's value of an expression that always has one. */
async function stepsOf(api: PrometheusApi, expr: Expr, from: number, to: number, step: number) {
  const values = new Map<number, number>();
  for (let begin = from; begin <= to; begin += MOST_POINTS * step) {
    const end = Math.min(to, begin + (MOST_POINTS - 1) * step);
    const [series] = await api.queryRange(expr.text, begin, end, step);
    for (const [at, value] of series?.samples ?? []) values.set(at, value);
  }
  return values;
}

async function countedOf(api: PrometheusApi, slo: Slo, args: BackfillArgs): Promise<readonly Counted[]> {
  const timing = args.timing ?? ruleTiming;
  const { interval } = timing;
  const from = Math.ceil(args.from / interval) * interval;
  // The rules read from each other what they have recorded; here nothing is recorded yet.
  const reading = countOf(slo, timing);
  const { events, errors } = countOf(slo, timing, {
    events: promql`(${reading.events})`,
    errors: promql`(${reading.errors})`,
  });
  const [planned] = maintenanceRules(slo.name, timing, maintenanceOf(slo.name, args.windows));
  const ask = (expr: Expr) => stepsOf(api, expr, from, args.to, interval);
  const eventsAt = await ask(events);
  const errorsAt = await ask(errors);
  const plannedAt = planned ? await ask(planned.expr) : new Map<number, number>();
  const all = [...eventsAt].map(([at, count]) => ({
    at,
    events: count,
    errors: errorsAt.get(at) ?? 0,
    planned: plannedAt.get(at) === 1,
  }));
  // Before the first event nothing was measured, and a promise is as old as what it measures.
  return all.slice(
    Math.max(
      0,
      all.findIndex((each) => each.events > 0),
    ),
  );
}

/** A promise whose rules already run has a past that goes on from 0: another one beside it would be counted twice. */
async function refuseRecorded(api: PrometheusApi, slo: Slo, to: number): Promise<void> {
  const recorded = `${sloSeries.eventsCumulative}{slo="${slo.name}"}`;
  const [found] = await api.query(`last_over_time(${recorded}[8d])`, to);
  if (!found) return;
  throw new Error(
    `Cannot backfill "${slo.name}" as its rules must not have run yet: found ${recorded} at ${found.samples[0]?.[1]}`,
  );
}

async function createBlocks(promtool: string, file: string, into: string): Promise<void> {
  const args = ["tsdb", "create-blocks-from", "--max-block-duration=24h", "openmetrics", file, into];
  const child = spawn(promtool, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`Cannot backfill as promtool made no blocks: ${said.trim()}`);
}

/**
 * Counts what raw history holds exactly as the rules would have, and makes Prometheus blocks of it: promises that begin
 * with these have their whole budget on the first day.
 * @throws Error when a promise has no history or its rules have run already; then no block is made
 */
export async function backfill(args: BackfillArgs, api: PrometheusApi, output: Output): Promise<void> {
  if (!(args.to > args.from)) {
    throw new Error(`Cannot backfill as the time must end after it begins: ${args.from} to ${args.to}`);
  }
  for (const slo of args.slos) await refuseRecorded(api, slo, args.to);
  const folder = await mkdtemp(join(tmpdir(), "watchkeeper-backfill-"));
  try {
    const file = join(folder, "past.txt");
    const lines: string[] = [];
    async function* histories(): AsyncGenerator<readonly History[]> {
      for (const slo of args.slos) {
        const counted = await countedOf(api, slo, args);
        const [first, last] = [counted[0], counted.at(-1)];
        if (!first || !last || !counted.some(({ events }) => events > 0)) {
          throw new Error(
            `Cannot backfill "${slo.name}" as Prometheus must have what it counts: found no event`,
          );
        }
        const events = counted.reduce((sum, each) => sum + each.events, 0);
        const errors = counted.reduce((sum, each) => sum + each.errors, 0);
        const since = new Date(first.at * 1_000).toISOString();
        lines.push(`${slo.name}: ${events} events, ${errors} errors since ${since}\n`);
        yield historiesOf(slo, counted);
      }
    }
    async function* text(): AsyncGenerator<string> {
      for await (const some of histories()) {
        // Every part ends with the mark of the end, which may stand only once.
        for (const line of renderOpenMetrics(some)) if (line !== "# EOF\n") yield line;
      }
      yield "# EOF\n";
    }
    await pipeline(Readable.from(text()), createWriteStream(file));
    await createBlocks(args.promtool, file, args.into);
    for (const line of lines) output(line);
    output(
      `Blocks are in ${args.into}: let Prometheus load the rules next, what comes in between is not counted.\n`,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
