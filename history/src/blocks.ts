import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { renderOpenMetrics } from "./open-metrics.ts";
import type { Series } from "./series.ts";

/** One of the sizes of Prometheus' own blocks: there are few of them, and each is made from a file of its own. */
const BLOCK_HOURS = 54;
const BLOCK = BLOCK_HOURS * 3_600;

export interface Promtool {
  readonly path: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Where blocks are made, and with what. */
export interface Target {
  readonly promtool: Promtool;
  /** The folder of Prometheus' data; a Prometheus that runs finds new blocks within a minute. */
  readonly into: string;
  /** A folder of its own for the text that promtool reads; nothing stays in it. */
  readonly workFolder: string;
  /** Aborted when the writing is to end early; what is half made does not stay. */
  readonly signal?: AbortSignal;
}

async function makeBlocks({ promtool, into, signal }: Target, file: string): Promise<void> {
  const { path, env = {} } = promtool;
  const size = `--max-block-duration=${BLOCK_HOURS}h`;
  const args = ["tsdb", "create-blocks-from", "openmetrics", "--quiet", size, file, into];
  const child = spawn(path, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
    ...(signal && { signal }),
  });
  let said = "";
  child.stderr.on("data", (data: Buffer) => {
    said = (said + data.toString("utf8")).slice(-2_000);
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`Cannot write the history as promtool made no blocks: ${said.trim()}`);
}

/** A stretch of moments, by their indexes: from the first up to the second. */
export type Range = readonly [from: number, to: number];

/**
 * The ranges of a stretch that become a block each, the newest first.
 *
 * promtool reads a file once for each block in it: a file for each block makes it read everything twice and no more,
 * and no file is large.
 */
export function blockRanges(times: readonly number[], [from, to]: Range): readonly Range[] {
  const blockOf = (at: number | undefined): number => Math.floor((at ?? 0) / BLOCK);
  const starts: number[] = [];
  for (let i = from; i < to; i++) {
    if (i === from || blockOf(times[i]) !== blockOf(times[i - 1])) starts.push(i);
  }
  return starts.map((start, i): Range => [start, starts[i + 1] ?? to]).reverse();
}

/**
 * Makes blocks of Prometheus' own format.
 * @param range one of `blockRanges`, unless the series hold little
 * @throws Error with what promtool says when it makes none
 */
export async function writeBlock(
  target: Target,
  series: readonly Series[],
  times: readonly number[],
  [from, to]: Range,
): Promise<void> {
  const { into, workFolder } = target;
  await mkdir(into, { recursive: true });
  await mkdir(workFolder, { recursive: true });
  const file = join(workFolder, "history.txt");
  try {
    const text = function* (): Generator<string> {
      yield* renderOpenMetrics(series, times, from, to);
      yield "# EOF\n";
    };
    await pipeline(Readable.from(text()), createWriteStream(file));
    await makeBlocks(target, file);
  } finally {
    await rm(file, { force: true });
  }
}
