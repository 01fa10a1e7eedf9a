import fc from "fast-check";
import * as prom from "prom-client";
import { expect, test } from "vitest";
import { type Family as ParsedFamily, parseExposition } from "../exposition.ts";
import { exposeText } from "../scrape/expose.ts";
import { Counter } from "./counter.ts";
import { Gauge } from "./gauge.ts";
import { Histogram } from "./histogram.ts";

const help = "For a test";

/** What a registry exports, each sample as `name labels` in any order of labels. */
const valuesOf = (families: readonly ParsedFamily[]): Map<string, number> =>
  new Map(
    families.flatMap(({ samples }) =>
      samples.map(({ name, labels, value }) => [
        `${name} ${JSON.stringify(Object.entries(labels).sort())}`,
        value,
      ]),
    ),
  );

test("label sets that prom-client merges stay apart", async () => {
  const registry = new prom.Registry();
  const labelNames = ["a", "b"];
  const ours = new Counter({ name: "ours_total", help, labelNames, registers: [registry] });
  const theirs = new prom.Counter({ name: "theirs_total", help, labelNames, registers: [registry] });
  for (const labels of [
    { a: "x,b:y", b: "z" },
    { a: "x", b: "y,b:z" },
  ]) {
    ours.inc(labels);
    theirs.inc(labels);
  }
  const counts = (name: string, families: readonly ParsedFamily[]) =>
    families.find((family) => family.name === name)?.samples.map(({ value }) => value);
  const families = parseExposition(await registry.metrics());
  expect(counts("theirs_total", families)).toEqual([2]);
  expect(counts("ours_total", families)).toEqual([1, 1]);
});

test("whatever label values contain, each set is counted for itself", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 60 }), (pairs) => {
      const counter = new Counter({ name: "c_total", help, labelNames: ["a", "b"] });
      const expected = new Map<string, number>();
      for (const [a, b] of pairs) {
        counter.inc({ a, b });
        const key = JSON.stringify([a, b]);
        expected.set(key, (expected.get(key) ?? 0) + 1);
      }
      const counted = counter.series.map(({ values, slab, offset }) => [
        JSON.stringify(values),
        slab[offset],
      ]);
      expect(new Map(counted as [string, number][])).toEqual(expected);
    }),
  );
});

const value = fc.oneof(
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.integer({ min: -5, max: 2_000_000 }),
  fc.constantFrom(0, 1e15, 1e21, 9_999_999, 5e-324, 0.1, 12.5),
);

test("a page that is patched says what one written anew says, and prom-client's", async () => {
  const labelNames = ["who"];
  const who = fc.constantFrom("a", "b", 'quote"\\\n', "ü€😀", "");
  const step = fc.record({ who, value, count: fc.nat(1_000_000), drop: fc.integer({ min: 0, max: 9 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { maxLength: 8 }), { maxLength: 8 }), async (scrapes) => {
      const ourRegistry = new prom.Registry();
      const theirRegistry = new prom.Registry();
      const ours = {
        gauge: new Gauge({ name: "g", help, labelNames, registers: [ourRegistry] }),
        histogram: new Histogram({ name: "h", help, labelNames, registers: [ourRegistry] }),
        counter: new Counter({ name: "c_total", help, labelNames, registers: [ourRegistry] }),
      };
      const theirs = {
        gauge: new prom.Gauge({ name: "g", help, labelNames, registers: [theirRegistry] }),
        histogram: new prom.Histogram({ name: "h", help, labelNames, registers: [theirRegistry] }),
        counter: new prom.Counter({ name: "c_total", help, labelNames, registers: [theirRegistry] }),
      };
      for (const steps of scrapes) {
        for (const { who, value, count, drop } of steps) {
          ours.gauge.set({ who }, value);
          theirs.gauge.set({ who }, value);
          ours.histogram.observe({ who }, value);
          theirs.histogram.observe({ who }, value);
          ours.counter.inc({ who }, count);
          theirs.counter.inc({ who }, count);
          if (drop > 0) continue;
          ours.gauge.remove({ who });
          theirs.gauge.remove({ who });
        }
        const text = await exposeText(ourRegistry);
        expect(valuesOf(parseExposition(text))).toEqual(
          valuesOf(parseExposition(await ourRegistry.metrics())),
        );
        // An empty label is none to Prometheus; prom-client writes it.
        const wanted = (await theirRegistry.metrics()).replaceAll(',who=""', "").replaceAll('{who=""}', "");
        expect(valuesOf(parseExposition(text))).toEqual(valuesOf(parseExposition(wanted)));
      }
    }),
    { numRuns: 60 },
  );
});

test("numbers that are not finite are shown by a gauge and refused by the others", async () => {
  const registry = new prom.Registry();
  const registers = [registry];
  const gauge = new Gauge({ name: "g", help, registers });
  const shown = async () => (await exposeText(registry)).split("\n")[2];
  for (const [value, text] of [
    [5.25, "g 5.25"],
    [Number.NaN, "g NaN"],
    [Number.POSITIVE_INFINITY, "g +Inf"],
    [0.125, "g 0.125"],
    [Number.NEGATIVE_INFINITY, "g -Inf"],
    [1234567, "g 1234567"],
    [7, "g 7"],
  ] as const) {
    gauge.set(value);
    expect(await shown()).toBe(text);
  }
  const counter = new Counter({ name: "c_total", help });
  expect(() => counter.inc(-1)).toThrow("Cannot count -1 as a counter only rises");
  expect(() => counter.inc(Number.NaN)).toThrow("Cannot count NaN");
  const histogram = new Histogram({ name: "h", help });
  expect(() => histogram.observe(Number.NaN)).toThrow("Cannot observe NaN as it is not a finite number");
});

test("mistakes in a metric's definition and in its labels are said in one line", () => {
  expect(() => new Counter({ name: "bad name", help })).toThrow('Cannot make metric "bad name" as its name');
  expect(() => new Counter({ name: "c", help, labelNames: ["le"] })).toThrow('no label may be named "le"');
  expect(() => new Counter({ name: "c", help, labelNames: ["a", "a"] })).toThrow("names a label twice");
  expect(() => new Histogram({ name: "h", help, buckets: [2, 1] })).toThrow("edges do not rise");
  const counter = new Counter({ name: "c", help, labelNames: ["a"] });
  expect(() => counter.inc({ a: "1", typo: "2" })).toThrow('metric "c" as it has no label "typo"');
  expect(() => counter.inc({ typo: "2" })).toThrow('metric "c" as it has no label "typo"');
  counter.inc({ a: 200 });
  counter.inc({ a: "200" });
  expect(counter.series).toHaveLength(1);
});

test("a stock registry takes our metrics beside its own, as text, as JSON and with labels of its own", async () => {
  const registry = new prom.Registry();
  registry.setDefaultLabels({ zone: 'a"b', who: "default" });
  const registers = [registry];
  new prom.Counter({ name: "theirs_total", help, registers }).inc(3);
  new Counter({ name: "ours_total", help, labelNames: ["who"], registers }).inc({ who: "me" }, 4);
  new Histogram({ name: "took", help, buckets: [1], registers }).observe(0.5);
  const text = await exposeText(registry);
  expect(text).toContain('ours_total{who="me",zone="a\\"b"} 4\n');
  expect(text).toContain('theirs_total{zone="a\\"b",who="default"} 3\n');
  expect(valuesOf(parseExposition(text))).toEqual(valuesOf(parseExposition(await registry.metrics())));
  registry.setDefaultLabels({});
  expect(await exposeText(registry)).toContain('ours_total{who="me"} 4\n');
  const json = await registry.getMetricsAsJSON();
  expect(json.map(({ name }) => name)).toEqual(["theirs_total", "ours_total", "took"]);
  const both = prom.AggregatorRegistry.aggregate([json, await registry.getMetricsAsJSON()]);
  const sums = valuesOf(parseExposition(await both.metrics()));
  expect(sums.get('ours_total [["who","me"]]')).toBe(8);
  expect(sums.get('took_bucket [["le","1"]]')).toBe(2);
  registry.resetMetrics();
  expect(await exposeText(registry)).toContain("took_count 0\n");
});

test("a stock registry for OpenMetrics takes them too", async () => {
  const registry = new prom.Registry<prom.OpenMetricsContentType>();
  registry.setContentType(prom.Registry.OPENMETRICS_CONTENT_TYPE);
  new Counter({ name: "ours_total", help, registers: [registry] }).inc(4);
  expect(await registry.metrics()).toBe("# HELP ours For a test\n# TYPE ours counter\nours_total 4\n# EOF\n");
  expect(await exposeText(registry, "openmetrics")).toBe(await registry.metrics());
});
