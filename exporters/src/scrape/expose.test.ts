import * as prom from "prom-client";
import { expect, test } from "vitest";
import { Counter } from "../series/counter.ts";
import { Gauge } from "../series/gauge.ts";
import { Histogram } from "../series/histogram.ts";
import { expose, exposeText } from "./expose.ts";
import { acceptsGzip, chooseFormat } from "./format.ts";

function createDemo(): prom.Registry {
  const registry = new prom.Registry();
  const registers = [registry];
  const requests = new Counter({
    name: "requests_total",
    help: 'With a "quote"',
    labelNames: ["route"],
    registers,
  });
  requests.inc({ route: "/" }, 41);
  requests.inc({ route: "/api/:id" });
  const took = new Histogram({ name: "took_seconds", help: "Time", buckets: [0.1, 1], registers });
  took.observe(0.05);
  took.labels({}).observeExample(0.25, { trace_id: "abc" }, 1_700_000_000);
  took.observe(7);
  new Gauge({ name: "temperature", help: "Now", registers }).set(-3.5);
  new Counter({ name: "odd", help: "A counter without the ending", registers }).inc(2);
  new prom.Counter({ name: "foreign_total", help: "Of prom-client", registers }).inc(5);
  new prom.Gauge({ name: "foreign", help: "Of prom-client", registers }).set(1);
  return registry;
}

const SAMPLES = {
  requests: 'requests_total{route="/"} 41\nrequests_total{route="/api/:id"} 1\n',
  tookBelow: 'took_seconds_bucket{le="0.1"} 1\n',
  tookAbove: 'took_seconds_bucket{le="+Inf"} 3\ntook_seconds_sum 7.3\ntook_seconds_count 3\n',
};

test("the text format is as Prometheus has it", async () => {
  expect(await exposeText(createDemo())).toBe(
    [
      '# HELP requests_total With a "quote"\n# TYPE requests_total counter\n',
      SAMPLES.requests,
      "# HELP took_seconds Time\n# TYPE took_seconds histogram\n",
      SAMPLES.tookBelow,
      'took_seconds_bucket{le="1"} 2\n',
      SAMPLES.tookAbove,
      "# HELP temperature Now\n# TYPE temperature gauge\ntemperature -3.5\n",
      "# HELP odd A counter without the ending\n# TYPE odd counter\nodd 2\n",
      "# HELP foreign_total Of prom-client\n# TYPE foreign_total counter\nforeign_total 5\n",
      "# HELP foreign Of prom-client\n# TYPE foreign gauge\nforeign 1\n",
    ].join(""),
  );
});

test("OpenMetrics names counters without their ending, carries exemplars and ends", async () => {
  expect(await exposeText(createDemo(), "openmetrics")).toBe(
    [
      '# HELP requests With a \\"quote\\"\n# TYPE requests counter\n',
      SAMPLES.requests,
      "# HELP took_seconds Time\n# TYPE took_seconds histogram\n",
      SAMPLES.tookBelow,
      'took_seconds_bucket{le="1"} 2 # {trace_id="abc"} 0.25 1700000000.000\n',
      SAMPLES.tookAbove,
      "# HELP temperature Now\n# TYPE temperature gauge\ntemperature -3.5\n",
      "# HELP odd A counter without the ending\n# TYPE odd unknown\nodd 2\n",
      "# HELP foreign Of prom-client\n# TYPE foreign counter\nforeign_total 5\n",
      "# HELP foreign Of prom-client\n# TYPE foreign gauge\nforeign 1\n",
      "# EOF\n",
    ].join(""),
  );
});

test("a scrape gives the event loop back between two slices, also when it never ends", async () => {
  const registry = new prom.Registry();
  const labelNames = ["n"];
  const maxSeries = 5_000;
  const counter = new Counter({
    name: "many_total",
    help: "Many",
    labelNames,
    maxSeries,
    registers: [registry],
  });
  for (let n = 0; n < 4_000; n++) counter.inc({ n });
  let turns = 0;
  const turn = (): void => {
    turns++;
    immediate = setImmediate(turn);
  };
  let immediate = setImmediate(turn);
  let text = "";
  for await (const chunk of expose(registry, "text", 0)) {
    text += chunk.toString();
    // Pages come and go while the scrape is under way.
    for (let n = 0; n < 40; n++) counter.remove({ n: 3_000 + n });
  }
  clearImmediate(immediate);
  expect(turns).toBeGreaterThanOrEqual(100);
  expect(text.split("\n").filter((line) => line.startsWith("many_total")).length).toBeGreaterThan(3_900);
});

test("chunks are of whole lines and hold until the next is asked for, however long a metric is", async () => {
  const registry = new prom.Registry();
  const registers = [registry];
  const labelNames = ["n"];
  const counter = new Counter({ name: "many_total", help: "Many", labelNames, maxSeries: 5_000, registers });
  const foreign = new prom.Gauge({ name: "foreign", help: "Longer than a chunk", labelNames, registers });
  for (let n = 0; n < 4_000; n++) {
    counter.inc({ n });
    foreign.set({ n: `${n}-${"x".repeat(40)}` }, n);
  }
  new Gauge({ name: "last", help: "After it", registers });
  const chunks: string[] = [];
  let inTurn = "";
  // Another scrape at the same time changes the pages, and nothing of this one.
  const other = (async () => {
    for await (const chunk of expose(registry, "text", 0)) inTurn += chunk.toString();
  })();
  for await (const chunk of expose(registry, "text", 0)) chunks.push(chunk.toString());
  await other;
  expect(chunks.length).toBeGreaterThan(3);
  for (const chunk of chunks) expect(chunk.endsWith("\n")).toBe(true);
  expect(chunks.join("")).toBe(await exposeText(registry));
  expect(inTurn).toBe(chunks.join(""));
});

test.each([
  ["", "text"],
  ["*/*", "text"],
  ["text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "text"],
  ["application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", "openmetrics"],
  ["application/openmetrics-text;q=0.1,text/plain", "text"],
  ["application/openmetrics-text;q=0", "text"],
  ["application/openmetrics-text;q=x", "text"],
] as const)("who accepts %j gets %s", (accept, format) => {
  expect(chooseFormat(accept)).toBe(format);
});

test("gzip is for who asks for it", () => {
  expect(["gzip", "deflate, gzip;q=0.5", "*"].map(acceptsGzip)).toEqual([true, true, true]);
  expect(["", "identity", "gzip;q=0", "br"].map(acceptsGzip)).toEqual([false, false, false, false]);
});
