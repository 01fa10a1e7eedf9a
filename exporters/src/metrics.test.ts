import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { defineCounter, defineGauge, defineHistogram } from "@watchkeeper/catalogue/metric";
import { expect, test, vi } from "vitest";
import { parseExposition } from "./exposition.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { exposeText } from "./scrape/expose.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

function heapInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const emittedBy = ["app"] as const;
const base = { help: "For a test", unit: "items", emittedBy } as const;
const logins = defineCounter({ ...base, name: "demo_logins_total", labels: ["login_result", "dependency"] });
const requests = defineCounter({ ...base, name: "demo_requests_total", labels: ["query", "route"] });
const nodes = defineGauge({ ...base, name: "demo_nodes", labels: ["node_version"] });
const queued = defineGauge({ ...base, name: "demo_queued", labels: [] });
const took = defineHistogram({ ...base, name: "demo_took", labels: ["dependency"], buckets: [1, 2] });

const samples = async (metrics: Metrics) =>
  parseExposition(await metrics.registry.metrics()).flatMap((family) => family.samples);

test("every combination of closed labels starts at zero, and none of a bounded label", async () => {
  const metrics = createMetrics();
  metrics.counter(logins);
  metrics.counter(requests);
  metrics.gauge(queued);
  metrics.histogram(took);
  const all = await samples(metrics);
  expect(all.every(({ value }) => value === 0)).toBe(true);
  expect(all.filter(({ name }) => name === "demo_logins_total")).toHaveLength(5 * 2);
  expect(all.filter(({ name }) => name === "demo_requests_total")).toHaveLength(0);
  expect(all.filter(({ name }) => name === "demo_queued")).toHaveLength(1);
  expect(all.filter(({ name }) => name === "demo_took_count")).toHaveLength(2);
});

test("values past a label's bound are counted as other, and the hook hears of it once", async () => {
  const onOverflow = vi.fn();
  const metrics = createMetrics({ onOverflow });
  const gauge = metrics.gauge(nodes);
  for (let i = 0; i < 50; i++) gauge.inc({ node_version: `v${i}` });
  const all = await samples(metrics);
  const versions = all.filter(({ name }) => name === "demo_nodes");
  expect(versions).toHaveLength(10);
  expect(versions.find(({ labels }) => labels.node_version === "other")?.value).toBe(50 - 9);
  expect(onOverflow.mock.calls).toEqual([["demo_nodes"]]);
  expect(all.find(({ name }) => name === "metric_overflows_total")).toMatchObject({
    labels: { metric: "demo_nodes" },
    value: 50 - 9,
  });
});

test("a closed label takes no value from outside", async () => {
  const metrics = createMetrics();
  // @ts-expect-error whoever comes around the compiler
  metrics.counter(logins).inc({ login_result: "DROP TABLE", dependency: "redis" });
  const stray = (await samples(metrics)).filter(({ value }) => value === 1);
  expect(stray.map(({ labels }) => labels)).toEqual([{ login_result: "other", dependency: "redis" }]);
});

test("a million different values do not make memory grow", async () => {
  const metrics = createMetrics();
  const counter = metrics.counter(requests);
  const spray = (from: number): void => {
    for (let i = from; i < from + 500_000; i++)
      counter.inc({ query: `q${i}`, route: `/r/${i}/${"x".repeat(i % 50)}` });
  };
  spray(0);
  const before = heapInUse();
  spray(500_000);
  expect(heapInUse() - before).toBeLessThan(1e6);
  const counts = (await samples(metrics)).filter(({ name }) => name === "demo_requests_total");
  expect(counts.length).toBeLessThanOrEqual(1_000);
  expect(counts.reduce((sum, { value }) => sum + value, 0)).toBe(1_000_000);
});

test("a metric can be exported as its number of observations too", async () => {
  const metrics = createMetrics();
  const histogram = metrics.histogram(took);
  const total = defineCounter({ ...base, name: "demo_taken_total", labels: ["dependency"] });
  histogram.countAs(total);
  histogram.observe({ dependency: "redis" }, 3);
  histogram.observe({ dependency: "redis" }, 0.5, { trace_id: "abc" });
  const openMetrics = await exposeText(metrics.registry, "openmetrics");
  expect(openMetrics).toContain('demo_taken_total{dependency="redis"} 2\n');
  expect(openMetrics.match(/trace_id/g)).toHaveLength(1);
  const counts = (await samples(metrics)).filter(({ name }) => name === "demo_taken_total");
  expect(counts.map(({ labels, value }) => [labels.dependency, value])).toEqual([
    ["postgres", 0],
    ["redis", 2],
  ]);
});

test("a collected gauge holds what the last collection set and nothing else", async () => {
  const metrics = createMetrics();
  let values: Record<string, number> = { a: 1, b: 2 };
  metrics.gauge(nodes, (set) => {
    for (const [version, value] of Object.entries(values)) set({ node_version: version }, value);
  });
  const read = async () =>
    (await samples(metrics)).flatMap(({ name, labels, value }) =>
      name === "demo_nodes" ? [[labels.node_version, value]] : [],
    );
  expect(await read()).toEqual([
    ["a", 1],
    ["b", 2],
  ]);
  values = { b: 3 };
  expect(await read()).toEqual([["b", 3]]);
  values = {};
  expect(await read()).toEqual([]);
});

test("a collection that fails leaves its series out and the rest of the scrape whole", async () => {
  const onCollectError = vi.fn();
  const metrics = createMetrics({ onCollectError });
  metrics.counter(logins);
  metrics.gauge(queued, async (set) => {
    set({}, 7);
    throw new Error("the source is away");
  });
  const all = await samples(metrics);
  expect(all.map(({ name }) => name)).not.toContain("demo_queued");
  expect(all).toHaveLength(10);
  expect(onCollectError).toHaveBeenCalledWith("demo_queued", new Error("the source is away"));
});

test("a collection that never ends delays a scrape by its time limit only", async () => {
  vi.useFakeTimers();
  try {
    const metrics = createMetrics();
    metrics.gauge(queued, () => new Promise(() => undefined));
    const scrape = samples(metrics);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await scrape).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});

test("two sets of metrics share nothing", async () => {
  const [one, two] = [createMetrics(), createMetrics()];
  one.gauge(queued).set({}, 5);
  two.gauge(queued);
  expect((await samples(two))[0]?.value).toBe(0);
});
