import type { Metric } from "@watchkeeper/catalogue/metric";
import { metricsOf } from "@watchkeeper/catalogue/metrics/all";
import * as exporter from "@watchkeeper/catalogue/metrics/exporter";
import * as runtime from "@watchkeeper/catalogue/metrics/runtime";
import { expect, test } from "vitest";
import { differencesFromCatalogue } from "./contract.ts";
import { parseExposition } from "./exposition.ts";
import { createMetrics } from "./metrics.ts";
import { exportRuntime } from "./runtime.ts";

const own: readonly Metric[] = [...Object.values(exporter), ...Object.values(runtime)];

const read = async (metrics: ReturnType<typeof createMetrics>) => {
  const samples = parseExposition(await metrics.registry.metrics()).flatMap((family) => family.samples);
  return (name: string) => samples.find((sample) => sample.name === name)?.value ?? Number.NaN;
};

test("the runtime's metrics are those of the catalogue, with plausible values", async () => {
  const metrics = createMetrics();
  exportRuntime(metrics, { version: "1.2.3" });
  expect(differencesFromCatalogue(await metrics.registry.metrics(), own)).toEqual([]);
  const value = await read(metrics);
  expect(value("process_resident_memory_bytes")).toBeGreaterThan(10e6);
  expect(value("nodejs_heap_size_used_bytes")).toBeLessThan(value("nodejs_heap_size_limit_bytes"));
  expect(
    Math.abs(value("process_start_time_seconds") - (Date.now() / 1_000 - process.uptime())),
  ).toBeLessThan(1);
  expect(value("watchkeeper_build_info")).toBe(1);
});

const usedCpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

test("processor time is what the process has used, however often it is read", async () => {
  const metrics = createMetrics();
  exportRuntime(metrics, { version: "1.2.3" });
  for (let reading = 0; reading < 3; reading++) {
    const before = usedCpuSeconds();
    while (usedCpuSeconds() < before + 0.02);
    const atLeast = usedCpuSeconds();
    const value = (await read(metrics))("process_cpu_seconds_total");
    expect(value).toBeGreaterThanOrEqual(atLeast - 1e-6);
    expect(value).toBeLessThanOrEqual(usedCpuSeconds() + 1e-6);
  }
});

test("a blocked event loop shows as lag until the next scrape", async () => {
  const metrics = createMetrics();
  exportRuntime(metrics, { version: "1.2.3" });
  await read(metrics);
  await new Promise((resolve) => setTimeout(resolve, 30));
  const until = performance.now() + 200;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect((await read(metrics))("nodejs_eventloop_lag_p99_seconds")).toBeGreaterThan(0.1);
  expect((await read(metrics))("nodejs_eventloop_lag_p99_seconds")).toBeLessThan(0.1);
});

test("the comparison with the catalogue finds what is missing, uncatalogued and different", async () => {
  const metrics = createMetrics();
  exportRuntime(metrics, { version: "1.2.3" });
  const text = (await metrics.registry.metrics())
    .replace("# TYPE process_cpu_seconds_total counter", "# TYPE process_cpu_seconds_total gauge")
    .replace("Memory of the process", "Memory of a process")
    .replace(
      /# HELP nodejs_heap_size_limit_bytes.*\n.*\n.*\n\n/,
      "# HELP stray x\n# TYPE stray gauge\nstray 1\n\n",
    )
    .replace('version="1.2.3",', "")
    .replaceAll('gc_kind="minor"', 'gc_kind="tiny"');
  const expected = metricsOf("collector").filter((metric) => own.includes(metric));
  expect(differencesFromCatalogue(text, expected)).toEqual([
    "stray: emitted but not in the catalogue",
    'nodejs_gc_duration_seconds: label "gc_kind" has the value "tiny"',
    "nodejs_heap_size_limit_bytes: in the catalogue but not emitted",
    'process_cpu_seconds_total: type is "gauge", catalogue: "counter"',
    'process_resident_memory_bytes: help is "Memory of a process that is in RAM", catalogue: "Memory of the process that is in RAM"',
    'watchkeeper_build_info: labels of watchkeeper_build_info is "node_version", catalogue: "node_version, version"',
  ]);
});
