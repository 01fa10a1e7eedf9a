import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toolPath } from "@watchkeeper/testing/tools";
import { expect, test } from "vitest";
import { probeSuccess, up } from "./external.ts";
import { cacheHitsTotal } from "./metrics/cache.ts";
import { httpRequestDurationSeconds, httpRequestsTotal } from "./metrics/http.ts";
import { processResidentMemoryBytes } from "./metrics/runtime.ts";
import { bucket, buckets, count, type Expr, match, not, notMatch, promql, series, sum } from "./promql.ts";

/** Every form that the helper knows, and the text that it must come to. */
const forms: readonly [Expr, string][] = [
  [series(up), "up"],
  [series(up, { job: "app", instance: not("a") }), 'up{job="app",instance!="a"}'],
  [series(probeSuccess, { target: "app" }), 'probe_success{target="app"}'],
  [series(cacheHitsTotal, { cache: "search" }), 'cache_hits_total{cache="search"}'],
  [series(cacheHitsTotal, { cache: match("search|profile") }), 'cache_hits_total{cache=~"search|profile"}'],
  [series(httpRequestsTotal, { status: notMatch("5..") }), 'http_requests_total{status!~"5.."}'],
  [
    series(httpRequestsTotal, { route: 'a "quoted" \\ path\n' }),
    'http_requests_total{route="a \\"quoted\\" \\\\ path\\n"}',
  ],
  [count(httpRequestDurationSeconds), "http_request_duration_seconds_count"],
  [sum(httpRequestDurationSeconds, { job: "app" }), 'http_request_duration_seconds_sum{job="app"}'],
  [bucket(httpRequestDurationSeconds, 0.5), 'http_request_duration_seconds_bucket{le="0.5"}'],
  [bucket(httpRequestDurationSeconds, 1), 'http_request_duration_seconds_bucket{le=~"1(\\\\.0)?"}'],
  [
    promql`histogram_quantile(${0.95}, sum by (job, le) (rate(${buckets(httpRequestDurationSeconds)}[5m])))`,
    "histogram_quantile(0.95, sum by (job, le) (rate(http_request_duration_seconds_bucket[5m])))",
  ],
  [promql`${series(processResidentMemoryBytes)} > ${14.4 * 0.001}`, "process_resident_memory_bytes > 0.0144"],
  [
    promql`
      ${series(up)} == 1
        or vector(${0})`,
    "up == 1 or vector(0)",
  ],
];

test.each(forms.map(([{ text }, expected]) => [expected, text]))("%s", (expected, text) => {
  expect(text).toBe(expected);
});

test("Prometheus accepts every form", () => {
  const rules = forms.map(([{ text }], i) => ({ record: `test:form:${i}`, expr: text }));
  const folder = mkdtempSync(join(tmpdir(), "watchkeeper-promql-"));
  const file = join(folder, "forms.json");
  try {
    writeFileSync(file, JSON.stringify({ groups: [{ name: "forms", rules }] }));
    const { status, stdout } = spawnSync(toolPath("promtool"), ["check", "rules", file], {
      encoding: "utf8",
    });
    expect(stdout).toContain(`${forms.length} rules found`);
    expect(status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])("%s is no number for an expression", (value) => {
  expect(() => promql`up > ${value}`).toThrow(`Cannot write ${value} in PromQL as it is not a finite number`);
});

test("what does not exist does not compile", () => {
  // @ts-expect-error the metric has no such label
  series(httpRequestsTotal, { path: "/" });
  // @ts-expect-error the label has no such value
  series(cacheHitsTotal, { cache: "serach" });
  // @ts-expect-error a foreign series without that label
  series(up, { target: "app" });
  // @ts-expect-error the histogram has no edge at 0.75 s
  bucket(httpRequestDurationSeconds, 0.75);
  // @ts-expect-error a histogram is no series: select its buckets, count or sum
  series(httpRequestDurationSeconds);
  // @ts-expect-error plain text does not go into an expression
  expect(() => promql`${"up"}`).toThrow("Cannot write up in PromQL");
});
