import { execFile } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { promisify } from "node:util";
import type { ForeignMetric } from "@watchkeeper/catalogue/external";
import { foreignMetrics } from "@watchkeeper/catalogue/foreign/all";
import { labels } from "@watchkeeper/catalogue/labels";
import type { Metric } from "@watchkeeper/catalogue/metric";
import { metrics } from "@watchkeeper/catalogue/metrics/all";
import * as recorded from "@watchkeeper/catalogue/recorded";
import { services } from "@watchkeeper/catalogue/services";

/**
 * Two hours of every series that boards may ask for, made from the catalogue: a board that selects a new metric finds
 * values of it here without anybody writing them down.
 */

const STEP_SECONDS = 15;
const BEFORE_SECONDS = 2 * 60 * 60;
/** So that "now" still has samples while the test runs. */
const AFTER_SECONDS = 15 * 60;

const STARTED = Math.floor(Date.now() / 1_000) - 5_400;

type Labels = Readonly<Record<string, string>>;

/** Values of labels that the catalogue leaves open. */
const OPEN: Readonly<Record<string, readonly string[]>> = {
  route: ["/api/employees", "/api/employees/:id", "/api/login"],
  method: ["GET", "PATCH", "POST"],
  status: ["200", "304", "404", "500"],
  query: ["find-employee", "search-employees", "update-employee"],
  mode: ["idle", "user", "system", "iowait"],
  fstype: ["ext4"],
  mountpoint: ["/"],
  device: ["eth0"],
  datname: ["directory"],
  integration: ["webhook"],
  target: ["app"],
  alertname: ["HighErrorRate"],
  alertstate: ["firing"],
  severity: ["page", "ticket"],
  service: ["app"],
  owner: ["directory"],
  reason: ["hit", "miss"],
  slo: ["DirectoryLogin", "PagerDelivery"],
  urgency: ["page"],
  preset: ["strict"],
  window: ["30d"],
  idle: ["no"],
};

function valuesOf(label: string): readonly string[] {
  const open = OPEN[label];
  if (open) return open;
  const known = (labels as Readonly<Record<string, { readonly values?: readonly string[] }>>)[label];
  return known?.values ?? [`${label}-1`, `${label}-2`];
}

/** Every combination of labels, or as many as tell a chart from a line. */
function combinations(names: readonly string[]): readonly Labels[] {
  return names.reduce<readonly Labels[]>(
    (all, name) =>
      all.flatMap((one) => valuesOf(name).map((value) => ({ ...one, [name]: value }))).slice(0, 40),
    [{}],
  );
}

const targetsOf = (job: string): readonly Labels[] =>
  (job === "app"
    ? ["127.0.0.1:4702", "127.0.0.1:4712"]
    : [`127.0.0.1:${Object.keys(services).indexOf(job) + 4800}`]
  ).map((instance) => ({ job, instance }));

const jobs = Object.keys(services);

function foreignTargets({ name }: ForeignMetric): readonly Labels[] {
  if (name === "up" || name.startsWith("scrape_")) return jobs.flatMap(targetsOf);
  if (name === "ALERTS") return [{}];
  if (name.includes(":")) return [{ job: "app" }];
  const job = /^(pg|redis|node|alertmanager|prometheus|probe)_/.exec(name)?.[1] ?? "prometheus";
  return targetsOf({ pg: "postgres" }[job] ?? job);
}

/** A number from 0 to 1 that belongs to a text. */
function chance(text: string): number {
  let hash = 7;
  for (const letter of text) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0;
  return ((hash >>> 0) % 1_000) / 1_000;
}

const isBad = (own: Labels): boolean =>
  /^5|error|invalid|limited|dead|retry|ambiguous|failed|empty/.test(Object.values(own).join(" "));

interface Shape {
  readonly name: string;
  readonly kind: "counter" | "gauge" | "histogram";
  readonly unit: Metric["unit"];
  readonly buckets: readonly number[];
}

/** What a counter gains each second. */
function speed({ unit }: Shape, own: Labels, at: number): number {
  const size = unit === "bytes" ? 40_000 : unit === "seconds" ? 0.05 : 1;
  const wave = 1 + 0.6 * Math.sin(at / 900 + chance(JSON.stringify(own)) * 6);
  return size * wave * (0.3 + chance(`${JSON.stringify(own)}x`)) * (isBad(own) ? 0.04 : 1);
}

function level({ name, unit }: Shape, own: Labels, at: number): number {
  if (/(^|_)(up|success|successful)$/.test(name) || name === "ALERTS") return 1;
  const wave = 1 + 0.4 * Math.sin(at / 1_100 + chance(JSON.stringify(own)) * 6);
  const size = { seconds: 0.04, bytes: 2e8, ratio: 0.01, timestamp_seconds: 0, cores: 1, items: 6 }[unit];
  if (unit === "timestamp_seconds" || name.endsWith("start_time_seconds")) return STARTED;
  const factor = /max|limit|size_bytes$/.test(name) ? 3 : 1;
  return size * factor * (/max|limit/.test(name) ? 1.4 : wave) * (0.5 + chance(name));
}

function* samples(shape: Shape, own: Labels, times: readonly number[]): Generator<string> {
  const to = times.at(-1) ?? 0;
  let before = times[0] ?? 0;
  const text = (name: string, extra: Labels = {}): string => {
    const pairs = Object.entries({ ...own, ...extra }).map(([label, value]) => `${label}="${value}"`);
    return pairs.length > 0 ? `${name}{${pairs.join(",")}}` : name;
  };
  const ends = [...shape.buckets, Number.POSITIVE_INFINITY];
  let total = 100;
  const below = ends.map(() => 0);
  for (const at of times) {
    const gained =
      speed(shape.kind === "histogram" ? { ...shape, unit: "items" } : shape, own, at) * (at - before);
    before = at;
    total += gained;
    if (shape.kind === "gauge") {
      // The alert pauses, so that it has two beginnings.
      if (shape.name === "ALERTS" && at > to - AFTER_SECONDS - 3_000 && at < to - AFTER_SECONDS - 1_200)
        continue;
      yield `${text(shape.name)} ${level(shape, own, at)} ${at}\n`;
    } else if (shape.kind === "counter") yield `${text(shape.name)} ${total} ${at}\n`;
    else {
      for (const [i, edge] of ends.entries()) {
        const share =
          i === ends.length - 1 ? 1 : 1 / (1 + Math.exp(ends.length * 0.4 + Math.sin(at / 700) - i));
        below[i] = (below[i] ?? 0) + gained * share;
        const le = edge === Number.POSITIVE_INFINITY ? "+Inf" : String(edge);
        yield `${text(`${shape.name}_bucket`, { le })} ${below[i]} ${at}\n`;
      }
      yield `${text(`${shape.name}_count`)} ${total} ${at}\n`;
      yield `${text(`${shape.name}_sum`)} ${total * (ends[2] ?? 1)} ${at}\n`;
    }
  }
}

const EDGES = [0.01, 0.05, 0.1, 0.5, 1];

function* everything(times: readonly number[]): Generator<string> {
  for (const metric of metrics) {
    const buckets = metric.type === "histogram" ? metric.buckets : [];
    const shape = { name: metric.name, kind: metric.type, unit: metric.unit, buckets };
    const names =
      metric.type === "histogram" && metric.labels.length > 2 ? metric.labels.slice(0, 3) : metric.labels;
    for (const job of metric.emittedBy)
      for (const target of targetsOf(job))
        for (const own of combinations(names)) yield* samples(shape, { ...target, ...own }, times);
  }
  for (const metric of [...foreignMetrics, ...Object.values(recorded)]) {
    const isBucket = metric.name.endsWith("_bucket");
    const name = isBucket ? metric.name.slice(0, -7) : metric.name;
    const shape: Shape = {
      name,
      kind: isBucket ? "histogram" : metric.kind,
      unit: metric.unit,
      buckets: EDGES,
    };
    const kind = shape.kind === "histogram" && !isBucket ? "counter" : shape.kind;
    const names = metric.labels.filter((label) => label !== "le");
    for (const target of foreignTargets(metric))
      for (const own of combinations(names)) yield* samples({ ...shape, kind }, { ...target, ...own }, times);
  }
}

/** A part of the past in which every series has a sample each `step`; seconds. */
export interface Span {
  readonly long: number;
  readonly step: number;
}

const TWO_HOURS: readonly Span[] = [{ long: BEFORE_SECONDS, step: STEP_SECONDS }];

/** When there are samples, the oldest first. @param spans in the order of time; the last ends now */
function timesOf(now: number, spans: readonly Span[]): readonly number[] {
  const times: number[] = [];
  let at = now - spans.reduce((sum, { long }) => sum + long, 0);
  for (const { long, step } of spans) {
    const end = at + long;
    for (; at < end; at += step) times.push(at);
    at = end;
  }
  for (const end = now + AFTER_SECONDS; at <= end; at += STEP_SECONDS) times.push(at);
  return times;
}

/** Writes the history as blocks into the folder of a Prometheus that does not run yet. */
export async function writeHistory(
  promtool: string,
  folder: string,
  spans: readonly Span[] = TWO_HOURS,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = `${folder}/history.txt`;
  const now = Math.floor(Date.now() / 1_000 / STEP_SECONDS) * STEP_SECONDS;
  const out = createWriteStream(file);
  let chunk = "";
  for (const line of everything(timesOf(now, spans))) {
    chunk += line;
    if (chunk.length < 1 << 20) continue;
    if (!out.write(chunk)) await once(out, "drain");
    chunk = "";
  }
  out.end(`${chunk}# EOF\n`);
  await once(out, "finish");
  // promtool reads the file once for each block.
  const blocks = spans === TWO_HOURS ? [] : ["--max-block-duration=168h"];
  await promisify(execFile)(
    promtool,
    ["tsdb", "create-blocks-from", "openmetrics", "--quiet", ...blocks, file, folder],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  await rm(file);
}
