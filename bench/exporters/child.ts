/* Measures one thing in a process of its own, and says what it found as one line of JSON. */
import cluster from "node:cluster";
import { once } from "node:events";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { performance } from "node:perf_hooks";
import { answerClusterScrapes, collectCluster } from "@watchkeeper/exporters/cluster";
import { createRecorder } from "@watchkeeper/exporters/http/recorder";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { expose } from "@watchkeeper/exporters/scrape/expose";
import { Histogram } from "@watchkeeper/exporters/series/histogram";
import express, { type Request, type Response } from "express";
import * as prom from "prom-client";
import { lowerQuartile, median } from "./median.ts";
import { createVariant, createWhole, type Variant } from "./servers.ts";
import { type Caller, createCaller } from "./wire.ts";

const BATCH = 100;
const WARM_UP = 4_000;
const ROUNDS = 120;
const BYTES_OVER = 2_000;

const cpuMs = (since?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e3;
};

/** OpenTelemetry's instruments of http and Express, with a reader that nobody reads. */
function startOpenTelemetry(): void {
  const require = createRequire(import.meta.url);
  const { MeterProvider, MetricReader } = require("@opentelemetry/sdk-metrics");
  class SilentReader extends MetricReader {
    async onForceFlush(): Promise<void> {}
    async onShutdown(): Promise<void> {}
  }
  const meterProvider = new MeterProvider({ readers: [new SilentReader()] });
  const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
  const { ExpressInstrumentation } = require("@opentelemetry/instrumentation-express");
  for (const Instrumentation of [HttpInstrumentation, ExpressInstrumentation]) {
    const instrumentation = new Instrumentation();
    instrumentation.setMeterProvider(meterProvider);
    instrumentation.enable();
  }
  // Their hooks see what is required, and patch what everybody shares.
  require("node:http");
  require("express");
}

/** Processor and not the clock on the wall: other processes want the machine too. */
async function cpuUs(caller: Caller): Promise<number> {
  const since = process.cpuUsage();
  await caller.call(BATCH);
  return (cpuMs(since) * 1_000) / BATCH;
}

async function bytesOf(caller: Caller): Promise<number> {
  (globalThis as { gc?: () => void }).gc?.();
  await caller.call(BATCH);
  const before = process.memoryUsage().heapUsed;
  await caller.call(BYTES_OVER);
  return (process.memoryUsage().heapUsed - before) / BYTES_OVER;
}

async function createCallers(names: readonly Variant[]): Promise<readonly Caller[]> {
  const callers = names.map((name) => createCaller(createVariant(name)));
  for (const caller of callers) await caller.call(WARM_UP);
  return callers;
}

async function measureBytes(callers: readonly Caller[]): Promise<readonly number[]> {
  const bytes: number[] = [];
  for (const caller of callers) bytes.push(await bytesOf(caller));
  return bytes;
}

/** Microseconds and bytes of a request of each variant, in turns, in this one process. */
async function measureRequests(names: readonly Variant[]): Promise<object> {
  if (names.includes("otel")) startOpenTelemetry();
  const callers = await createCallers(names);
  const us = names.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const i of names.keys()) {
      // Nobody is always the first.
      const at = (i + round) % names.length;
      us[at]?.push(await cpuUs(callers[at] as Caller));
    }
  }
  const bytes = await measureBytes(callers);
  return Object.fromEntries(
    // What else the machine does only ever adds.
    names.map((name, i) => [name, { us: lowerQuartile(us[i] as number[]), bytes: bytes[i] }]),
  );
}

/** Serves until told to stop; says how much processor each request took. */
async function serve(isOurs: boolean): Promise<void> {
  const server = createWhole(isOurs).listen(0, "127.0.0.1");
  await once(server, "listening");
  process.send?.({ port: (server.address() as AddressInfo).port });
  let since: NodeJS.CpuUsage | undefined;
  process.on("message", (message) => {
    if (message === "begin") since = process.cpuUsage();
    else process.send?.({ cpuMs: cpuMs(since) });
  });
}

/** Nanoseconds of the whole record of one request (two clocks, in-flight, duration, count), and of its clocks alone. */
async function measureRecord(): Promise<{ record_ns: number; clocks_ns: number }> {
  const app = express();
  const recorder = createRecorder(app, createMetrics(), {});
  const seen = new Promise<[Request, Response]>((resolve) => {
    app.get("/api/items/:id", (request, response) => {
      resolve([request, response]);
      response.end();
    });
  });
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/items/1`);
  const [request, response] = await seen;
  server.close().closeAllConnections();
  const run = (times: number): void => {
    for (let i = 0; i < times; i++) {
      recorder.begin();
      const start = performance.now();
      recorder.end(request, response, 200, performance.now() - start, Number.NaN, Number.NaN);
    }
  };
  let slept = 0;
  const readClocks = (times: number): void => {
    for (let i = 0; i < times; i++) {
      const start = performance.now();
      slept += performance.now() - start;
    }
  };
  const nanoseconds = (work: (times: number) => void): number => {
    const since = process.cpuUsage();
    work(1_000_000);
    return cpuMs(since);
  };
  run(200_000);
  readClocks(200_000);
  const found = Array.from({ length: 9 }, () => [nanoseconds(run), nanoseconds(readClocks)] as const);
  if (!(slept > 0)) throw new Error("Cannot measure a record as the clock stands still");
  return {
    record_ns: median(found.map(([whole]) => whole)),
    clocks_ns: median(found.map(([, clocks]) => clocks)),
  };
}

const LINES_OF_ONE = 15;

interface Observed {
  observe(labels: Record<string, string>, value: number): void;
}

/** A histogram of so many series. @returns what changes them all */
function createChanging(isOurs: boolean, registry: prom.Registry, series: number): () => void {
  const options = {
    name: "took_seconds",
    help: "h",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  };
  const histogram: Observed = isOurs
    ? new Histogram({ ...options, maxSeries: series })
    : new prom.Histogram(options);
  const sets = Array.from({ length: Math.round(series / LINES_OF_ONE) }, (_, i) => ({
    method: "GET",
    route: `/api/route-${i >> 2}/:id`,
    status: String(200 + (i & 3)),
  }));
  return () => {
    for (const labels of sets) histogram.observe(labels, Math.random() * 3);
  };
}

interface Watched<T> {
  readonly result: T;
  readonly cpu: number;
  readonly wall: number;
  /** The longest time between two turns of the event loop. */
  readonly stall: number;
}

async function watched<T>(work: () => Promise<T>): Promise<Watched<T>> {
  let stall = 0;
  let last = performance.now();
  let watching = true;
  const turn = (): void => {
    const now = performance.now();
    stall = Math.max(stall, now - last);
    last = now;
    if (watching) setImmediate(turn);
  };
  setImmediate(turn);
  const since = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const [cpu, wall] = [cpuMs(since), performance.now() - start];
  await new Promise((resolve) => setImmediate(resolve));
  watching = false;
  return { result, cpu, wall, stall };
}

/** Scrapes again and again; the first times are the compiler's. */
async function measureRepeatedly<T>(
  change: () => void | Promise<void>,
  scrape: () => Promise<T>,
  warmUp = 3,
): Promise<readonly Watched<T>[]> {
  const found: Watched<T>[] = [];
  for (let time = 0; time < warmUp + 5; time++) {
    await change();
    await new Promise((resolve) => setTimeout(resolve, 20));
    found.push(await watched(scrape));
  }
  return found.slice(warmUp);
}

async function bytesFrom(chunks: AsyncIterable<Buffer>): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) bytes += chunk.length;
  return bytes;
}

/** Processor, longest stall of the event loop, bytes and memory of a scrape of so many series, all of them changed. */
async function measureScrape(isOurs: boolean, series: number): Promise<object> {
  const registry = new prom.Registry();
  const found = await measureRepeatedly(createChanging(isOurs, registry, series), async () =>
    isOurs ? bytesFrom(expose(registry, "text")) : (await registry.metrics()).length,
  );
  return {
    cpu_ms: median(found.map(({ cpu }) => cpu)),
    stall_ms: median(found.map(({ stall }) => stall)),
    bytes: found.at(-1)?.result,
    rss_mb: process.memoryUsage.rss() / 2 ** 20,
  };
}

const CLUSTER_SERIES = 10_000;
/** Three processes have to warm up, each with a tenth of the series. */
const CLUSTER_WARM_UP = 20;

/** A scrape of two workers that had all their series changed, as the primary pays for it. */
async function measureCluster(isOurs: boolean): Promise<object> {
  const who = isOurs ? "ours" : "prom-client";
  cluster.setupPrimary({ args: ["cluster-worker", who], ...(isOurs && { serialization: "advanced" }) });
  const workers = [cluster.fork(), cluster.fork()];
  const told = (): Promise<unknown> =>
    Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve) => {
            const listen = (message: unknown): void => {
              if (message !== "changed") return;
              worker.off("message", listen);
              resolve();
            };
            worker.on("message", listen);
          }),
      ),
    );
  await told();
  const ours = isOurs ? collectCluster() : undefined;
  const theirs = isOurs ? undefined : new prom.AggregatorRegistry();
  const found = await measureRepeatedly(
    async () => {
      const changed = told();
      for (const worker of workers) worker.send("change");
      await changed;
    },
    async () => (ours ? bytesFrom(ours.scrape("text")) : ((await theirs?.clusterMetrics())?.length ?? 0)),
    CLUSTER_WARM_UP,
  );
  const least = 2 * CLUSTER_SERIES;
  if (found.some(({ result }) => result < least))
    throw new Error("Cannot measure a cluster that says nothing");
  for (const worker of workers) worker.process.kill();
  return {
    wall_ms: median(found.map(({ wall }) => wall)),
    cpu_ms: median(found.map(({ cpu }) => cpu)),
    stall_ms: median(found.map(({ stall }) => stall)),
  };
}

function serveCluster(isOurs: boolean): void {
  const registry = isOurs ? new prom.Registry() : prom.register;
  const change = createChanging(isOurs, registry as prom.Registry, CLUSTER_SERIES);
  if (isOurs) answerClusterScrapes(createMetrics({ registry: registry as prom.Registry }));
  else new prom.AggregatorRegistry();
  process.on("message", (message) => {
    if (message !== "change") return;
    change();
    process.send?.("changed");
  });
  change();
  process.send?.("changed");
}

const [task, ...args] = process.argv.slice(2);
const isOurs = args[0] === "ours";
if (task === "serve") await serve(isOurs);
else if (task === "cluster-worker") serveCluster(isOurs);
else {
  const tasks: Readonly<Record<string, () => Promise<unknown>>> = {
    requests: () => measureRequests(args as Variant[]),
    bytes: async () => measureBytes(await createCallers(args as Variant[])),
    record: measureRecord,
    scrape: () => measureScrape(isOurs, Number(args[1])),
    cluster: () => measureCluster(isOurs),
  };
  const result = await tasks[task ?? ""]?.();
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit(0);
}
