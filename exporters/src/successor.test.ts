import * as successor from "@prometheus-io/client";
import type { Registry } from "prom-client";
import { expect, test } from "vitest";
import { parseExposition } from "./exposition.ts";
import { createMetrics } from "./metrics.ts";
import { exportRuntime } from "./runtime.ts";
import { exposeText } from "./scrape/expose.ts";
import { Counter } from "./series/counter.ts";
import { Histogram } from "./series/histogram.ts";

test("prom-client's successor takes our metrics into its registries beside its own", async () => {
  const registry = new successor.Registry();
  registry.setDefaultLabels({ zone: "a" });
  new successor.Counter({ name: "theirs_total", help: "h", registers: [registry] }).inc(3);
  new Counter({ name: "ours_total", help: "h", labelNames: ["who"], registers: [registry] }).inc(
    { who: "me" },
    4,
  );
  new Histogram({ name: "took", help: "h", buckets: [1], registers: [registry] }).observe(0.5);
  const text = await exposeText(registry);
  const sorted = (exposition: string) =>
    parseExposition(exposition).map(({ name, samples }) => [
      name,
      samples.map(({ name, labels, value }) => [name, Object.entries(labels).sort(), value]),
    ]);
  expect(sorted(text)).toEqual(sorted(await registry.metrics()));
  expect(text).toContain('ours_total{who="me",zone="a"} 4\n');
  const json = (await registry.getMetricsAsJSON()) as { name: string }[];
  expect(json.map(({ name }) => name)).toEqual(["theirs_total", "ours_total", "took"]);
  registry.resetMetrics();
  expect(await exposeText(registry)).toContain('took_count{zone="a"} 0\n');
});

test("a whole set of metrics can live in the successor's registry", async () => {
  const registry = new successor.Registry();
  const metrics = createMetrics({ registry: registry as unknown as Registry });
  exportRuntime(metrics, { version: "1.2.3" });
  expect(await exposeText(metrics.registry)).toContain('watchkeeper_build_info{version="1.2.3"');
});
