import { defineCounter, defineGauge, defineHistogram } from "@watchkeeper/catalogue/metric";
import * as prom from "prom-client";
import { afterEach, expect, test } from "vitest";
import { parseExposition } from "./exposition.ts";
import { createMetrics } from "./metrics.ts";
import { type ScrapeWorker, startScrapeWorker } from "./scrape-worker.ts";
import { Counter } from "./series/counter.ts";

const base = { help: "For a test", unit: "items", emittedBy: ["app"] } as const;
const visits = defineCounter({ ...base, name: "demo_visits_total", labels: ["tenant"] });
const took = defineHistogram({ ...base, name: "demo_took", labels: ["tenant"], buckets: [1, 2] });
const queued = defineGauge({ ...base, name: "demo_queued", labels: [] });

let worker: ScrapeWorker | undefined;
afterEach(() => worker?.close());

const start = async (metrics = createMetrics({ shared: true }), metricsToken?: string) => {
  worker = await startScrapeWorker({ host: "127.0.0.1", port: 0, metrics, metricsToken });
  const { port } = worker;
  return (init?: RequestInit) => fetch(`http://127.0.0.1:${port}/metrics`, init);
};

const readValues = async (response: Response) =>
  Object.fromEntries(
    parseExposition(await response.text())
      .flatMap(({ samples }) => samples)
      .map(({ name, labels, value }) => [`${name} ${Object.values(labels).join()}`.trim(), value]),
  );

test("the worker shows what the app counts, collects and keeps in prom-client's own metrics", async () => {
  const metrics = createMetrics({ shared: true });
  const counter = metrics.counter(visits);
  counter.inc({ tenant: "a" }, 3);
  metrics.gauge(queued, (set) => set({}, 7));
  new prom.Gauge({ name: "foreign", help: "Of prom-client", registers: [metrics.registry] }).set(5);
  const unshared = new Counter({ name: "unshared_total", help: "Ours", registers: [metrics.registry] });
  unshared.inc(9);
  const get = await start(metrics);
  expect(await readValues(await get())).toMatchObject({
    unshared_total: 9,
    "demo_visits_total a": 3,
    demo_queued: 7,
    foreign: 5,
  });
  unshared.inc();
  counter.inc({ tenant: "b" }, 2);
  counter.remove({ tenant: "a" });
  const after = await readValues(await get());
  expect(after).toMatchObject({ "demo_visits_total b": 2, unshared_total: 10 });
  expect(after).not.toHaveProperty("demo_visits_total a");
});

test("the worker shows exemplars, each where its series is, also after others have ended", async () => {
  const metrics = createMetrics({ shared: true });
  const histogram = metrics.histogram(took);
  const exemplarsIn = async (get: () => Promise<Response>): Promise<readonly string[]> =>
    (await (await get()).text()).split("\n").filter((line) => line.includes(" # "));
  for (const tenant of ["a", "b", "c"]) histogram.observe({ tenant }, 0.5, { trace_id: `of-${tenant}` });
  const get = await start(metrics);
  const asOpenMetrics = () => get({ headers: { accept: "application/openmetrics-text" } });
  expect(await exemplarsIn(asOpenMetrics)).toEqual(
    ["a", "b", "c"].map((tenant) =>
      expect.stringMatching(
        `^demo_took_bucket.le="1",tenant="${tenant}". 1 # .trace_id="of-${tenant}". 0.5 `,
      ),
    ),
  );
  histogram.remove({ tenant: "b" });
  histogram.observe({ tenant: "c" }, 1.5, { trace_id: "later" });
  expect(await exemplarsIn(asOpenMetrics)).toEqual([
    expect.stringContaining('"of-a"'),
    expect.stringContaining('"of-c"'),
    expect.stringContaining('tenant="c"} 2 # {trace_id="later"} 1.5 '),
  ]);
  expect(await exemplarsIn(() => get()), "text 0.0.4 has none").toEqual([]);
});

test("the worker answers while the app's thread is blocked, with numbers of this moment", async () => {
  const metrics = createMetrics({ shared: true });
  const series = metrics.counter(visits).series({ tenant: "a" });
  const get = await start(metrics);
  await get();
  // Another process asks, since this one will be blocked.
  const { spawn } = await import("node:child_process");
  const asker = spawn(process.execPath, [
    "-e",
    `process.stdin.once("data", async () => {
       const startMs = performance.now();
       const text = await (await fetch("http://127.0.0.1:${worker?.port}/metrics")).text();
       const line = text.split("\\n").find((line) => line.startsWith("demo_visits_total"));
       console.log(JSON.stringify([performance.now() - startMs, line]));
       process.exit();
     }); console.log("ready");`,
  ]);
  let output = "";
  asker.stdout.on("data", (chunk) => {
    output += chunk;
  });
  await new Promise((resolve) => asker.stdout.once("data", resolve));
  const ended = new Promise((resolve) => asker.once("close", resolve));
  series.inc(41);
  asker.stdin.write("now\n");
  await new Promise((resolve) => setImmediate(resolve));
  const until = performance.now() + 1_500;
  while (performance.now() < until);
  await ended;
  const [ms, line] = JSON.parse(output.split("\n")[1] ?? "");
  expect(line).toBe('demo_visits_total{tenant="a"} 41');
  expect(ms).toBeLessThan(1_200);
});

test("a token is asked for, and a mistake in the start is said", async () => {
  const get = await start(createMetrics({ shared: true }), "s3cret");
  expect((await get()).status).toBe(401);
  expect((await get({ headers: { authorization: "Bearer s3cret" } })).status).toBe(200);
  const port = worker?.port ?? 0;
  const host = "127.0.0.1";
  await expect(startScrapeWorker({ host, port, metrics: createMetrics({ shared: true }) })).rejects.toThrow(
    "EADDRINUSE",
  );
  await expect(startScrapeWorker({ host, port: 0, metrics: createMetrics() })).rejects.toThrow(
    "Cannot start a scrape worker as the metrics are not shared",
  );
});
