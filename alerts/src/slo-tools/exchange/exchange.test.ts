import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { metrics } from "@watchkeeper/catalogue/metrics/all";
import type { Slo } from "@watchkeeper/catalogue/slo";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { afterAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { metricSources } from "./metric-sources.ts";
import { renderOpenSlo } from "./openslo-render.ts";
import { parsePromises } from "./parse.ts";
import { renderSource } from "./source.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "watchkeeper-exchange-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Everything that a promise consists of, comparable. */
const plain = (all: readonly Slo[]): unknown => JSON.parse(JSON.stringify(all));

/** The source as a file anywhere, so that no test writes into the catalogue. */
function writeSource(name: string, source: string): string {
  const path = join(folder, name);
  writeFileSync(path, source.replaceAll('from "../', `from "${ROOT}catalogue/src/`));
  return path;
}

const sloth = `
version: "prometheus/v1"
service: app
labels: { owner: platform }
slos:
  - name: requests-availability
    objective: 99.9
    description: Common SLO based on availability for HTTP request responses
    sli:
      events:
        error_query: sum(rate(http_requests_total{job="app",status=~"(5..|429)"}[{{.window}}]))
        total_query: sum(rate(http_requests_total{job="app"}[{{.window}}]))
    alerting:
      name: AppHighErrorRate
  - name: requests_latency
    objective: 95
    labels: { owner: directory }
    sli:
      events:
        error_query: |
          (
            sum(rate(http_request_duration_seconds_count{job="app"}[{{.window}}]))
            -
            sum(rate(http_request_duration_seconds_bucket{le="1",job="app"}[{{.window}}]))
          )
        total_query: sum(rate(http_request_duration_seconds_count{job="app"}[{{.window}}]))
    alerting:
      page_alert: { disable: true }
`;

const openslo = `
apiVersion: openslo/v1
kind: Service
metadata: { name: app }
---
apiVersion: openslo/v1
kind: SLI
metadata: { name: searches }
spec:
  ratioMetric:
    counter: true
    bad: { metricSource: { type: Prometheus, spec: { query: 'sum(employee_search_queries_total{job="app",search_result="error"})' } } }
    total: { metricSource: { type: Prometheus, spec: { query: 'sum(employee_search_queries_total{job="app"})' } } }
---
apiVersion: openslo/v1
kind: SLO
metadata: { name: people-search }
spec:
  service: app
  indicatorRef: searches
  timeWindow: [{ duration: 4w, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ targetPercent: 99.5 }]
`;

test("every promise of ours is the same after it went out as OpenSLO and came back", () => {
  expect(plain(parsePromises("ours.yml", renderOpenSlo(slos)))).toEqual(plain(slos));
});

const periods: readonly Slo[] = (["week", "month", "quarter", "year"] as const).map((each) => ({
  ...(slos[0] as Slo),
  name: `Each${each}`,
  days: each === "week" ? 28 : 30,
  calendar: { each, zone: "Europe/Berlin" },
}));

test("so is a promise over each period of a calendar, with its time zone", () => {
  const text = renderOpenSlo(periods);
  expect(text).toContain("duration: 1Q");
  expect(text).toContain("isRolling: false");
  expect(text).toContain("timeZone: Europe/Berlin");
  expect(plain(parsePromises("ours.yml", text))).toEqual(plain(periods));
});

test("a foreign quarter of the calendar becomes one of ours", () => {
  const foreign = openslo.replace(
    "{ duration: 4w, isRolling: true }",
    '{ duration: 1Q, isRolling: false, calendar: { startTime: "2021-10-01 00:00:00", timeZone: America/New_York } }',
  );
  expect(parsePromises("openslo.yml", foreign)).toMatchObject([
    { calendar: { each: "quarter", zone: "America/New_York" }, days: 30 },
  ]);
});

test("the source that an import writes compiles, and is the same promise when it runs", async () => {
  const foreign = [...parsePromises("a.yml", sloth), ...parsePromises("b.yml", openslo)];
  const all = [...slos, ...periods, ...foreign];
  const path = writeSource("imported.ts", renderSource(all));
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "--skipLibCheck"];
  const tsc = spawnSync(
    process.execPath,
    [
      `${ROOT}node_modules/typescript/bin/tsc`,
      ...options,
      "--allowImportingTsExtensions",
      "--noUncheckedIndexedAccess",
      "--exactOptionalPropertyTypes",
      "--ignoreConfig",
      path,
    ],
    { cwd: ROOT, encoding: "utf8" },
  );
  expect(tsc.stdout).toBe("");
  const exported: Readonly<Record<string, Slo>> = await import(path);
  const byName = (a: Slo, b: Slo): number => (a.name < b.name ? -1 : 1);
  expect(plain(Object.values(exported).sort(byName))).toEqual(plain([...all].sort(byName)));
}, 60_000);

test("sloth's errors of all events, and its events less the fast ones, become promises of ours", () => {
  const [availability, latency] = parsePromises("sloth.yml", sloth);
  expect(availability).toMatchObject({
    name: "RequestsAvailability",
    promise: "Common SLO based on availability for HTTP request responses.",
    service: "app",
    owner: "platform",
    objective: 0.999,
    days: 30,
    urgency: "page",
  });
  expect(latency).toMatchObject({ name: "RequestsLatency", owner: "directory", urgency: "ticket" });
  const source = renderSource(latency ? [latency] : []);
  expect(source).toContain('indicator: within(httpRequestDurationSeconds, 1, { job: "app" })');
  expect(source).toContain('import { defineSlo, within } from "../slo.ts";');
});

test("an OpenSLO promise may refer to an indicator of its file", () => {
  const [search] = parsePromises("openslo.yml", openslo);
  expect(search).toMatchObject({
    name: "PeopleSearch",
    objective: 0.995,
    days: 28,
    indicator: { kind: "bad" },
  });
});

/** Hand-written after the specification: github.com/OpenSLO/OpenSLO, `v1`. */
test("what is exported has the shape that OpenSLO v1 asks for", () => {
  const documents = parseAllDocuments(renderOpenSlo(slos)).map((document) => document.toJS());
  expect(documents).toHaveLength(slos.length);
  const source = {
    metricSource: {
      type: expect.stringMatching(/^Prometheus$/),
      spec: { query: expect.stringMatching(/\S/) },
    },
  };
  for (const document of documents) {
    expect(Object.keys(document).sort()).toEqual(["apiVersion", "kind", "metadata", "spec"]);
    expect(document).toMatchObject({ apiVersion: "openslo/v1", kind: "SLO" });
    expect(document.metadata.name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
    for (const [key, value] of Object.entries(document.metadata.annotations)) {
      expect(key).toMatch(/^[a-z]+\/[a-z-]{1,63}$/);
      expect(value).toEqual(expect.any(String));
    }
    const { spec } = document;
    expect(spec.description.length).toBeLessThanOrEqual(1_050);
    expect(spec.service).toMatch(/^[a-z-]+$/);
    expect(spec.budgetingMethod).toBe("Occurrences");
    expect(spec.timeWindow).toEqual([
      { duration: expect.stringMatching(/^[1-9]\d*[mhdwMQY]$/), isRolling: true },
    ]);
    expect(spec.objectives).toHaveLength(1);
    expect(spec.objectives[0].target).toBeGreaterThan(0);
    expect(spec.objectives[0].target).toBeLessThan(1);
    const { ratioMetric, thresholdMetric } = spec.indicator.spec;
    if (thresholdMetric) {
      expect(thresholdMetric).toEqual(source);
      expect(spec.objectives[0]).toMatchObject({ op: "gte", value: 1 });
      continue;
    }
    expect(ratioMetric.counter).toBe(true);
    const { counter: _, total, ...part } = ratioMetric;
    expect(total).toEqual(source);
    expect(["good", "bad"]).toContain(Object.keys(part).join());
    expect(Object.values(part)).toEqual([source]);
  }
});

test("every metric of the catalogue can be written as source", () => {
  expect(metricSources.map(({ metric }) => metric.name)).toEqual(
    expect.arrayContaining(metrics.map(({ name }) => name)),
  );
});

describe("what the catalogue cannot carry is refused in one sentence, and nothing is generated", () => {
  const change = (from: string | RegExp, to: string, text = sloth): string => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    return changed;
  };
  const inOpenSlo = (from: string | RegExp, to: string): string => change(from, to, openslo);
  const inCalendar = (startTime: string, timeZone = "Europe/Berlin", duration = "1M"): string =>
    inOpenSlo(
      "{ duration: 4w, isRolling: true }",
      `{ duration: ${duration}, isRolling: false, calendar: { startTime: "${startTime}", timeZone: ${timeZone} } }`,
    );
  test.each<[string, () => string, string]>([
    ["an empty file", () => "", "the file must be an OpenSLO v1 or sloth prometheus/v1 file: found nothing"],
    ["what is no YAML", () => "a: [", "the file must be YAML: found "],
    [
      "another format",
      () => "kind: Deployment",
      "the file must be an OpenSLO v1 or sloth prometheus/v1 file: found neither apiVersion nor version",
    ],
    [
      "another version",
      () => change("prometheus/v1", "prometheus/v2"),
      'version must be prometheus/v1: found "prometheus/v2"',
    ],
    [
      "an unknown service",
      () => change("service: app", "service: shop"),
      "service must be one of console, app,",
    ],
    [
      "an unknown team",
      () => change("owner: platform", "owner: sales"),
      'labels.owner must be one of directory, platform: found "sales"',
    ],
    [
      "an objective in the wrong unit",
      () => change("99.9", "999"),
      "slos[0].objective must be more than 0 and less than 100: found 999",
    ],
    [
      "an objective that is a text",
      () => change("99.9", '"99.9"'),
      'slos[0].objective must be a number: found "99.9"',
    ],
    [
      "an unknown metric",
      () => change("http_requests_total", "http_request_total"),
      "slos[0].sli.events.error_query must be about metrics of the catalogue, such as http_requests_total",
    ],
    [
      "an unknown label",
      () => change('status=~"(5..|429)"', 'code="500"'),
      'http_requests_total has only the labels job, instance, method, route, status: found "code"',
    ],
    [
      "a selection without a job",
      () => change('{job="app"}', ""),
      'slos[0].sli.events.total_query must be a query in which http_requests_total has job="…" with one of app, pager, console, collector: found no job',
    ],
    [
      "an edge that no bucket has",
      () => change('le="1"', 'le="1.5"'),
      "le of http_request_duration_seconds_bucket is one of 0.005,",
    ],
    [
      "a ratio",
      () =>
        change(
          'sum(rate(http_requests_total{job="app"}[{{.window}}]))',
          "sum(rate(a[1m])) / sum(rate(b[1m]))",
        ),
      "slos[0].sli.events.total_query must be a sum of counters",
    ],
    [
      "a plugin",
      () => change(/events:[\s\S]*?alerting/, "plugin: { id: x }\n    alerting"),
      'the fields of slos[0].sli must be among events: found "plugin"',
    ],
    [
      "labels of alerts",
      () => change("name: AppHighErrorRate", "labels: { a: b }"),
      'the fields of slos[0].alerting must be among name, page_alert, ticket_alert: found "labels"',
    ],
    [
      "a promise without tickets",
      () => change("page_alert", "ticket_alert"),
      "slos[1].alerting.ticket_alert.disable must be false, as every promise has tickets: found true",
    ],
    [
      "two promises of one name",
      () => change("requests_latency", "requests-availability"),
      'the name of an SLO must be one that no other promise bears: found "RequestsAvailability"',
    ],
    [
      "a name with digits",
      () => change("requests_latency", "p99"),
      'slos[1].name must be at least two letters, words divided by - or _: found "p99"',
    ],
    [
      "a label value that never occurs",
      () => inOpenSlo('search_result="error"', 'search_result="oops"'),
      'document 2.spec.ratioMetric.bad.metricSource.spec.query must be a query in which search_result is one of found, empty, error: found "oops"',
    ],
    [
      "another kind of document",
      () => inOpenSlo("kind: Service", "kind: AlertPolicy"),
      'document 1.kind must be one of SLO, SLI, Service: found "AlertPolicy"',
    ],
    [
      "time slices",
      () => inOpenSlo("Occurrences", "Timeslices"),
      'document 3.spec.budgetingMethod must be Occurrences: found "Timeslices"',
    ],
    [
      "another length",
      () => inOpenSlo("4w", "90d"),
      'document 3.spec.timeWindow[0].duration must be one of 28d, 4w, 30d: found "90d"',
    ],
    [
      "neither a rolling window nor one of the calendar",
      () => inOpenSlo("isRolling: true", "isRolling: false"),
      "document 3.spec.timeWindow[0].isRolling must be true, or there must be a calendar: found false",
    ],
    [
      "a window that is both",
      () => inOpenSlo("isRolling: true", "isRolling: true, calendar: { timeZone: UTC }"),
      'document 3.spec.timeWindow[0].calendar must be left out where isRolling is true: found {"timeZone":"UTC"}',
    ],
    [
      "a period of the calendar that we do not have",
      () => inCalendar("2024-01-01 00:00:00", "UTC", "1d"),
      'document 3.spec.timeWindow[0].duration must be one of 1w, 1M, 1Q, 1Y: found "1d"',
    ],
    [
      "a place that is none",
      () => inCalendar("2024-01-01 00:00:00", "Europe/Atlantis"),
      'document 3.spec.timeWindow[0].calendar.timeZone must be a time zone such as Europe/Berlin: found "Europe/Atlantis"',
    ],
    [
      "a month that begins in its middle",
      () => inCalendar("2024-01-15 00:00:00"),
      "document 3.spec.timeWindow[0].calendar.startTime must be midnight of the first of a month, such as " +
        '2024-01-01 00:00:00: found "2024-01-15 00:00:00"',
    ],
    [
      "a week that begins on a Sunday",
      () => inCalendar("2024-01-07 00:00:00", "UTC", "1w"),
      "calendar.startTime must be midnight of a Monday, such as 2024-01-01 00:00:00",
    ],
    [
      "a day that there is not",
      () => inCalendar("2024-02-31 00:00:00"),
      "calendar.startTime must be midnight of the first of a month",
    ],
    [
      "a period that begins at noon",
      () => inCalendar("2024-01-01 12:00:00"),
      "calendar.startTime must be midnight of the first of a month",
    ],
    [
      "another store of metrics",
      () => inOpenSlo("type: Prometheus", "type: Datadog"),
      'metricSource.type must be one of Prometheus, prometheus: found "Datadog"',
    ],
    [
      "an indicator that is not there",
      () => inOpenSlo("indicatorRef: searches", "indicatorRef: others"),
      'document 3.spec.indicatorRef must be the name of an SLI in this file: searches: found "others"',
    ],
    [
      "a gauge where events are counted",
      () => inOpenSlo("counter: true", "counter: false"),
      "document 2.spec.ratioMetric.counter must be true where a query takes no rate: found false",
    ],
    [
      "several objectives",
      () => inOpenSlo("[{ targetPercent: 99.5 }]", "[{ target: 0.9 }, { target: 0.99 }]"),
      "document 3.spec.objectives must be a list of one objective",
    ],
  ])("%s", (_, text, sentence) => {
    const file = text();
    let said = "";
    try {
      parsePromises("team.yml", file);
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toContain('Cannot import "team.yml" as ');
    expect(said).toContain(sentence);
    expect(said).not.toContain("\n");
  });

  test("a promise that the catalogue has", () => {
    expect(() => parsePromises("team.yml", openslo, ["PeopleSearch"])).toThrow(
      'the name of an SLO must be one that no other promise bears: found "PeopleSearch"',
    );
  });
});
