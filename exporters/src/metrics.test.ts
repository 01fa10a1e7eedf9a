import { defineCounter, defineGauge, defineHistogram } from "@watchkeeper/catalogue/metric";
import { expect, test, vi } from "vitest";
import { parseExposition } from "./exposition.ts";
import { createMetrics, type Metrics } from "./metrics.ts";

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

test("label values with the separators of prom-client's keys are never merged", async () => {
  const metrics = createMetrics();
  const counter = metrics.counter(requests);
  counter.inc({ query: "x,route:y", route: "z" });
  counter.inc({ query: "x", route: "y,route:z" });
  counter.inc({ query: "a,b", route: "r" });
  counter.inc({ query: "a%2Cb", route: "r" });
  counter.inc({ query: 'quote"\n\\', route: "r" });
  const all = await samples(metrics);
  expect(all).toHaveLength(5);
  expect(all.map(({ labels }) => labels.query)).toContain('quote"\n\\');
});

test("values past a label's bound are counted as other, and the hook hears of it once", async () => {
  const onLabelOverflow = vi.fn();
  const metrics = createMetrics({ onLabelOverflow });
  const gauge = metrics.gauge(nodes);
  for (let i = 0; i < 50; i++) gauge.inc({ node_version: `v${i}` });
  const all = await samples(metrics);
  expect(all).toHaveLength(10);
  expect(all.find(({ labels }) => labels.node_version === "other")?.value).toBe(50 - 9);
  expect(onLabelOverflow.mock.calls).toEqual([["node_version"]]);
});

test("a collected gauge holds what the last collection set and nothing else", async () => {
  const metrics = createMetrics();
  let values: Record<string, number> = { a: 1, b: 2 };
  metrics.gauge(nodes, (set) => {
    for (const [version, value] of Object.entries(values)) set({ node_version: version }, value);
  });
  expect((await samples(metrics)).map(({ value }) => value)).toEqual([1, 2]);
  values = { b: 3 };
  expect((await samples(metrics)).map(({ labels, value }) => [labels.node_version, value])).toEqual([
    ["b", 3],
  ]);
  values = {};
  expect(await samples(metrics)).toEqual([]);
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
