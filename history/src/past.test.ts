import { readdirSync, readFileSync } from "node:fs";
import { recorded, sloSeries } from "@watchkeeper/catalogue/names";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { expect, test } from "vitest";
import { createPast, type Past } from "./past.ts";
import { thisMachine } from "./place.ts";
import { takes } from "./promises.ts";
import { growthOf, type Series } from "./series.ts";
import { DENSITIES } from "./world/grid.ts";
import { CALM_DAYS, happenings } from "./world/happenings.ts";
import { createWorld } from "./world/world.ts";

/** Friday, 20 November 2026, 14:00 UTC. */
const END = 1_795_183_200;
const place = thisMachine(4_700, "/rules");

const pastOf = (seed: number, end = END): Past =>
  createPast(createWorld({ seed, end, densities: DENSITIES }), place);
const past = pastOf(1);

const find = (name: string, labels: Readonly<Record<string, string>> = {}): Series => {
  const found = past.everything.find(
    (series) =>
      series.name === name &&
      Object.entries(labels).every(([label, value]) => series.labels[label] === value),
  );
  if (!found) throw new Error(`Cannot find ${name}${JSON.stringify(labels)}`);
  return found;
};
/** What a promise has counted, for all to whom it is made. */
const allTogether = (name: string, slo: string): Float64Array =>
  past.everything
    .filter((series) => series.name === name && series.labels.slo === slo)
    .map(({ values }) => values)
    .reduce((total, values) => total.map((value, i) => value + (values[i] ?? 0)));
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

test("the same seed gives the same past, and another seed another one", () => {
  const rate = ({ everything }: Past) =>
    everything.find(({ name }) => name === "http_requests_total")?.values.slice(0, 500);
  expect(rate(pastOf(1))).toEqual(rate(past));
  expect(rate(pastOf(2))).not.toEqual(rate(past));
});

test("it ends where live data begins, 30 days after its begin, and stays small", () => {
  expect(past.times.at(-1)).toBe(END);
  expect(past.times[0]).toBe(END - 30 * 86_400);
  expect(past.times.length * past.everything.length).toBeLessThan(13e6);
});

test("promises have counted every moment of it, each tenant's for itself", () => {
  const day = ({ values }: Series): number =>
    sum(values.filter((_, i) => (past.times[i] ?? 0) > END - 86_400 && !Number.isNaN(values[i] ?? 0)));
  expect(day(find(recorded.demoHistoryStep))).toBe(86_400);
  const counted = past.everything.filter(({ name }) => name === sloSeries.eventsDelta);
  expect(new Set(counted.map(({ labels }) => labels.slo))).toEqual(new Set(slos.map(({ name }) => name)));
  for (const delta of counted) {
    const total = find(sloSeries.eventsCumulative, delta.labels as Record<string, string>);
    expect(sum(delta.values)).toBeCloseTo(total.values.at(-1) ?? 0, 3);
  }
  const tenants = counted.filter(({ labels }) => labels.slo === "DirectoryTenants");
  expect(tenants.map(({ labels }) => labels.tenant).sort()).toEqual([
    "copperleaf",
    "northlight",
    "tidewater",
  ]);
});

test("no series stands there twice", () => {
  const keys = past.everything.map(
    ({ name, labels }) => `${name} ${JSON.stringify(Object.entries(labels).sort())}`,
  );
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
});

test("counters fall only when the directory is started again, and no bucket ever counts more than the next", () => {
  const starts = find("process_start_time_seconds", { job: "app" }).values;
  const counters = past.everything.filter(({ name }) => /_total$|_bucket$|_seconds_count$/.test(name));
  expect(counters.length).toBeGreaterThan(300);
  for (const { name, labels, values } of counters) {
    let before = values[0] ?? 0;
    let startedAt = starts[0];
    for (const [i, value] of values.entries()) {
      if (Number.isNaN(value)) continue;
      const isSameStart = labels.job !== "app" || starts[i] === startedAt;
      if (isSameStart && value < before) expect.fail(`${name} ${JSON.stringify(labels)} falls at ${i}`);
      before = value;
      startedAt = starts[i];
    }
  }
  const buckets = past.everything.filter(
    ({ name, labels }) => name === "http_request_duration_seconds_bucket" && labels.route === "/api/login",
  );
  for (const [i, { labels, values }] of buckets.entries()) {
    const next = buckets[i + 1];
    if (labels.le === "+Inf" || !next) continue;
    for (const [at, value] of values.entries()) {
      if (value > (next.values[at] ?? Number.NaN)) expect.fail(`le=${labels.le} at ${at}`);
    }
  }
});

test.each(slos.map((slo) => [slo.name, slo] as const))(
  "%s records what the raw series hold: errors are part of events and neither ever falls",
  (name, { indicator }) => {
    const events = allTogether(sloSeries.eventsCumulative, name);
    const errors = allTogether(sloSeries.errorsCumulative, name);
    for (const counts of [events, errors]) expect([...counts]).toEqual([...counts].sort((a, b) => a - b));
    expect(errors.at(-1)).toBeLessThanOrEqual(events.at(-1) ?? 0);
    if (indicator.kind === "samples") {
      expect(events.at(-1)).toBeCloseTo((30 * 86_400) / 15, 5);
      return;
    }
    const grown = (selectors: typeof indicator.total): number =>
      sum(
        past.everything
          .filter((series) => selectors.some((selector) => takes(selector, series)))
          .map((series) => sum(growthOf(series))),
      );
    expect(events.at(-1)).toBeCloseTo(grown(indicator.total), 5);
    const bad =
      indicator.kind === "bad" ? grown(indicator.bad) : (events.at(-1) ?? 0) - grown(indicator.good);
    expect(errors.at(-1)).toBeCloseTo(bad, 5);
  },
);

/** A first start may be at any time. */
const ENDS = [END, END + 30 * 3_600, END + 62 * 3_600, END + 110 * 3_600];

test.each(ENDS)("a history that ends at %i leaves more than half of each budget", (end) => {
  const left = pastOf(1, end)
    .everything.filter(({ name }) => name === sloSeries.budgetRemaining)
    .map(({ labels, values }) => [labels.slo, values.at(-1) ?? 0] as const);
  expect(new Set(left.map(([slo]) => slo)).size).toBe(slos.length);
  expect(left.filter(([, share]) => share <= 0.52)).toEqual([]);
  // And what happened is to be seen in some of them.
  expect(Math.min(...left.map(([, share]) => share))).toBeLessThan(0.7);
});

test("nothing happens so shortly before the end that a real alert would fire of it", () => {
  expect(Math.min(...happenings.map(({ daysAgo }) => daysAgo))).toBeGreaterThanOrEqual(CALM_DAYS);
});

test("every series that a board asks for has a past", () => {
  const folder = new URL("../../grafana/dashboards/generated/", import.meta.url);
  const exprs = readdirSync(folder).flatMap((file) =>
    [...readFileSync(new URL(file, folder), "utf8").matchAll(/"expr": "((?:[^"\\]|\\.)*)"/g)].map(
      ([, expr]) => expr,
    ),
  );
  const known = new Set(past.everything.map(({ name }) => name));
  // Lists of labels look like names of series.
  const lists = /\b(?:by|on|ignoring|without|group_left|group_right) ?\([^)]*\)/g;
  const names = /(?<![\w:"=~!$])[a-z][a-z0-9_]*[_:][a-z0-9_:]+(?=[{[)]| [-+*/<>=]|$)|(?<!\w)up(?=\{|\)| ==)/g;
  const asked = new Set(
    exprs.flatMap((expr = "") => [...expr.replace(lists, "").matchAll(names)].map(([name]) => name)),
  );
  expect(asked.size).toBeGreaterThan(60);
  const functions = /_over_time$|^label_replace$|^histogram_quantile$|^count_values$|^clamp_m/;
  expect([...asked].filter((name) => !known.has(name) && !functions.test(name)).sort()).toEqual(
    Object.keys(WITHOUT_A_PAST).sort(),
  );
});

/** What boards ask for and no demo has had, and why. */
const WITHOUT_A_PAST: Readonly<Record<string, string>> = {
  probe_ssl_earliest_cert_expiry: "the demo is probed without TLS, so there is no certificate",
};
