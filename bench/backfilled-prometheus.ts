import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "@watchkeeper/native/free-port";
import type { Tools } from "@watchkeeper/native/tools";
import { type History, remoteWrite } from "./remote-write.ts";

/** What a query cost and said. */
export interface Asked {
  readonly samples: number;
  readonly engineMs: number;
  readonly values: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: number }[];
}

/** What Prometheus answers, as far as it is read here. */
interface Data {
  readonly resultType: string;
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly value: readonly [number, string];
    readonly values?: readonly (readonly [number, string])[];
  }[];
  readonly stats: {
    readonly samples: { readonly totalQueryableSamples: number };
    readonly timings: { readonly execTotalTime: number };
  };
}

const START_BUDGET_MS = 60_000;
/** Prometheus refuses to answer with more points of a series at once. */
const MOST_POINTS = 10_000;

/** Writes the past of a family of series into the data of a Prometheus that does not run. All samples of a series must be in order. */
export async function backfill(
  folder: string,
  tools: Tools,
  family: string,
  histories: Iterable<History>,
): Promise<void> {
  const path = join(folder, "history.om");
  mkdirSync(join(folder, "data"), { recursive: true });
  const out = createWriteStream(path);
  out.write(`# TYPE ${family} unknown\n`);
  for (const { series, samples } of histories) {
    let chunk = "";
    for (const [time, value] of samples) chunk += `${series} ${value} ${time}\n`;
    if (!out.write(chunk)) await once(out, "drain");
  }
  out.end("# EOF\n");
  await once(out, "finish");
  await promisify(execFile)(
    tools.promtool.path,
    ["tsdb", "create-blocks-from", "openmetrics", "--quiet", "--max-block-duration=168h", path, "data"],
    { cwd: folder, env: { ...process.env, ...tools.promtool.env }, maxBuffer: 64 * 1024 * 1024 },
  );
  rmSync(path);
}

/**
 * Gives back of each series what is older than a moment, and keeps the rest in `recent`: a Prometheus that runs has its
 * newest hour or two in memory and the rest in blocks.
 */
export function* olderThan(
  second: number,
  histories: Iterable<History>,
  recent: History[],
): Generator<History> {
  for (const { series, samples } of histories) {
    const all = [...samples];
    const newer = all.filter(([time]) => time >= second);
    if (newer.length > 0) recent.push({ series, samples: newer });
    yield { series, samples: all.filter(([time]) => time < second) };
  }
}

/** A real Prometheus that scrapes nothing and answers questions about its past. */
export interface Backfilled {
  /** Takes samples into its memory: newer ones than those of its blocks, and none an hour older than the newest. */
  remember(histories: Iterable<History>): Promise<void>;
  ask(query: string, second: number): Promise<Asked>;
  /** The values of a query that has one series at most, at each step; a step without a value is left out. */
  askRange(query: string, from: number, to: number, step: number): Promise<ReadonlyMap<number, number>>;
  stop(): Promise<void>;
}

export async function startBackfilled(folder: string, tools: Tools): Promise<Backfilled> {
  const port = await freePort();
  writeFileSync(join(folder, "prometheus.yml"), "global: {}\n");
  const args = [
    "--config.file=prometheus.yml",
    "--storage.tsdb.path=data",
    "--storage.tsdb.retention.time=100y",
    `--web.listen-address=127.0.0.1:${port}`,
    "--web.enable-remote-write-receiver",
    "--query.max-samples=500000000",
    "--query.timeout=10m",
    "--log.level=error",
  ];
  const child: ChildProcess = spawn(tools.prometheus.path, args, {
    cwd: folder,
    env: { ...process.env, ...tools.prometheus.env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  const base = `http://127.0.0.1:${port}`;
  const call = async (path: string, parameters: Readonly<Record<string, string | number>>) => {
    const body = new URLSearchParams(
      Object.entries(parameters).map(([name, value]) => [name, String(value)] as [string, string]),
    );
    const response = await fetch(`${base}/api/v1/${path}`, { method: "POST", body });
    const answer = (await response.json()) as { status: string; error?: string; data: Data };
    if (answer.status !== "success") {
      throw new Error(`Cannot measure ${parameters.query} as Prometheus says: ${answer.error}`);
    }
    return answer.data;
  };
  const deadline = Date.now() + START_BUDGET_MS;
  for (;;) {
    const ready = await fetch(`${base}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) break;
    if (Date.now() > deadline || child.exitCode !== null) {
      await stop();
      throw new Error("Cannot measure as Prometheus does not start: see its messages above");
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    stop,
    remember: (histories) => remoteWrite(base, histories),
    async ask(query, second) {
      const data = await call("query", { query, time: second, stats: "all" });
      const result = data.resultType === "vector" ? data.result : [];
      return {
        samples: data.stats.samples.totalQueryableSamples,
        engineMs: data.stats.timings.execTotalTime * 1_000,
        values: result.map(({ metric, value }) => ({ metric, value: Number(value[1]) })),
      };
    },
    async askRange(query, from, to, step) {
      const values = new Map<number, number>();
      for (let start = from; start <= to; start += MOST_POINTS * step) {
        const end = Math.min(to, start + (MOST_POINTS - 1) * step);
        const { result } = await call("query_range", { query, start, end, step });
        for (const [time, value] of result[0]?.values ?? []) values.set(time, Number(value));
      }
      return values;
    },
  };
}
