/* Measures one thing in a process of its own, and says what it found as one line of JSON. */
import { once } from "node:events";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { createRecorder } from "@watchkeeper/exporters/http/recorder";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { expose } from "@watchkeeper/exporters/scrape/expose";
import { Histogram } from "@watchkeeper/exporters/series/histogram";
import express, { type Request, type Response } from "express";
import * as prom from "prom-client";
import { median } from "./median.ts";
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
    names.map((name, i) => [name, { us: median(us[i] as number[]), bytes: bytes[i] }]),
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

/** Nanoseconds of the whole record of one request: two clocks, in-flight, duration, count. */
async function measureRecord(): Promise<number> {
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
  run(200_000);
  const times: number[] = [];
  for (let round = 0; round < 9; round++) {
    const since = process.cpuUsage();
    run(1_000_000);
    times.push(cpuMs(since));
  }
  return median(times);
}

const LINES_OF_ONE = 15;

interface Observed {
  observe(labels: Record<string, string>, value: number): void;
}

/** Processor, longest stall of the event loop, bytes and memory of a scrape of so many series, all of them changed. */
async function measureScrape(isOurs: boolean, series: number): Promise<object> {
  const registry = new prom.Registry();
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
  const change = (): void => {
    for (const labels of sets) histogram.observe(labels, Math.random() * 3);
  };
  async function scrape(): Promise<number> {
    if (!isOurs) return (await registry.metrics()).length;
    let bytes = 0;
    for await (const chunk of expose(registry, "text")) bytes += chunk.length;
    return bytes;
  }
  const found: { cpu: number; stall: number }[] = [];
  let bytes = 0;
  for (let round = 0; round < 8; round++) {
    change();
    await new Promise((resolve) => setTimeout(resolve, 20));
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
    bytes = await scrape();
    const cpu = cpuMs(since);
    await new Promise((resolve) => setImmediate(resolve));
    watching = false;
    // The first ones are the compiler's.
    if (round >= 3) found.push({ cpu, stall });
  }
  return {
    cpu_ms: median(found.map(({ cpu }) => cpu)),
    stall_ms: median(found.map(({ stall }) => stall)),
    bytes,
    rss_mb: process.memoryUsage.rss() / 2 ** 20,
  };
}

const [task, ...args] = process.argv.slice(2);
if (task === "serve") await serve(args[0] === "ours");
else {
  const tasks: Readonly<Record<string, () => Promise<unknown>>> = {
    requests: () => measureRequests(args as Variant[]),
    bytes: async () => measureBytes(await createCallers(args as Variant[])),
    record: measureRecord,
    scrape: () => measureScrape(args[0] === "ours", Number(args[1])),
  };
  const result = await tasks[task ?? ""]?.();
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit(0);
}
