import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { recordings } from "@watchkeeper/alerts/recording";
import { httpRequestDurationSeconds, httpRequestsTotal } from "@watchkeeper/catalogue/metrics/http";
import type { Board, Panel } from "@watchkeeper/console/boards/model";
import { panelsOf } from "@watchkeeper/console/boards/panels-of";
import { writeHistory } from "@watchkeeper/console/boards/test-history";
import { alignRange, stepOf } from "@watchkeeper/console/boards/time-range";
import { startTestConsole, startTestPager, startTestPrometheus } from "@watchkeeper/console/test-rig";
import { DENSITIES } from "@watchkeeper/history/world/grid";
import { obtainTools } from "@watchkeeper/native/tools";

const DAY = 86_400;
const SCRAPE = 15;
/** Points of a chart as wide as half a page. */
const POINTS = 600;
const RUNS = 3;

const folder = new URL("../grafana/dashboards/generated/", import.meta.url);

interface Measured {
  readonly ms: number;
  readonly samples: number;
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly stats: { readonly samples: { readonly totalQueryableSamples: number } } };
}

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const rounded = (value: number): number => Math.round(value * 10) / 10;

/** A query as the console sends it, every variable at "All". */
function written(expr: string, step: number, span: number): string {
  const own: Readonly<Record<string, string>> = {
    __rate_interval: `${Math.max(step + SCRAPE, 4 * SCRAPE)}s`,
    __interval: `${step}s`,
    __range: `${span}s`,
  };
  return expr.replace(/\$\{?(\w+)\}?/g, (_, name: string) => own[name] ?? ".+");
}

/** What recorded series are made of. */
const RAW = [httpRequestsTotal.name, `${httpRequestDurationSeconds.name}_bucket`];

/** The same query with what the recorded series were recorded from, of the same services. */
const unrecorded = (expr: string): string =>
  recordings.reduce(
    (text, { name, expr: raw }) =>
      text.replace(new RegExp(`${name}(?:\\{([^}]*)\\})?`, "g"), (_, selector?: string) => {
        const matchers = selector ?? "";
        const selected = raw.text.replace(
          new RegExp(`(${RAW.join("|")})(?:\\{([^}]*)\\})?`, "g"),
          (_all, name: string, own?: string) => `${name}{${[matchers, own].filter(Boolean).join(",")}}`,
        );
        return `(${selected})`;
      }),
    expr,
  );

async function ask(
  url: string,
  path: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Measured> {
  const times: number[] = [];
  let samples = 0;
  for (let run = 0; run < RUNS; run++) {
    const startMs = performance.now();
    const body = new URLSearchParams({ ...parameters, stats: "all" });
    const answer = (await (await fetch(`${url}/api/v1/${path}`, { method: "POST", body })).json()) as Answer;
    times.push(performance.now() - startMs);
    if (answer.status !== "success" || !answer.data)
      throw new Error(`Cannot measure ${parameters.query} as Prometheus says: ${answer.error}`);
    samples = answer.data.stats.samples.totalQueryableSamples;
  }
  return { ms: percentile(times, 0.5), samples };
}

type Target = NonNullable<Panel["targets"]>[number];

async function measure(
  url: string,
  { expr = "", instant, interval }: Target,
  span: number,
  now: number,
  rewrite: (expr: string) => string,
): Promise<Measured> {
  const smallest = interval ? Number.parseInt(interval, 10) * (interval.endsWith("h") ? 60 : 1) * 60 : SCRAPE;
  const step = stepOf({ from: now - span, to: now }, POINTS, smallest);
  const query = written(rewrite(expr), step, span);
  if (instant) return await ask(url, "query", { query, time: String(now) });
  const { from, to } = alignRange({ from: now - span, to: now }, step);
  return await ask(url, "query_range", { query, start: String(from), end: String(to), step: String(step) });
}

/** Milliseconds until the first panel with data. The browser's driver has a process of its own, as the console has with its users. */
async function firstData(url: string, cookie: string, uid: string): Promise<number> {
  const main = new URL("./boards-first-data.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, ["--import", "tsx", main], {
    env: { ...process.env, WATCHKEEPER_BENCH_URL: `${url}/boards/${uid}`, WATCHKEEPER_BENCH_COOKIE: cookie },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  for await (const chunk of child.stdout) text += String(chunk);
  const ms = Number.parseFloat(text);
  if (Number.isNaN(ms)) throw new Error(`Cannot measure ${uid} as its page showed no data`);
  return ms;
}

/** Kilobytes of gzip of all scripts of a page. */
async function scriptSize(url: string, cookie: string, uid: string): Promise<number> {
  const html = await (await fetch(`${url}/boards/${uid}`, { headers: { cookie } })).text();
  const scripts = [...html.matchAll(/<script[^>]*\ssrc="([^"]+)"/g)].map(([, src = ""]) => new URL(src, url));
  if (scripts.length === 0) throw new Error(`Cannot weigh the page of ${uid} as it names no script`);
  const bytes = await Promise.all(
    scripts.map(async (src) => gzipSync(await (await fetch(src, { headers: { cookie } })).text()).length),
  );
  return sum(bytes) / 1_024;
}

export async function run(print: (line: string) => void): Promise<void> {
  const boards = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Board);
  print("The month that every demo has: 30 days, ever denser towards its end");
  const tools = await obtainTools((line) => process.stderr.write(`tools: ${line}\n`));
  const now = Math.floor(Date.now() / 1_000);
  const prometheus = await startTestPrometheus(tools.prometheus.path, {}, (data) =>
    writeHistory(tools.promtool.path, data, now, DENSITIES),
  );
  const pager = await startTestPager();
  const web = await startTestConsole({
    prometheusUrl: prometheus.url,
    pagerUrl: pager.url,
    settings: { boardsDir: folder.pathname },
  });
  try {
    const cookie = await web.signIn();
    const month: number[] = [];
    const first: Record<string, number> = {};
    const raw = { queries: 0, recorded_ms: 0, raw_ms: 0, recorded_samples: 0, raw_samples: 0 };
    for (const board of boards) {
      const { uid } = board;
      const targets = panelsOf(board).flatMap((panel) => (panel.targets ?? []).filter(({ expr }) => expr));
      for (const [span, name] of [
        [DAY, "24 h"],
        [30 * DAY, "30 d"],
      ] as const) {
        const measured: Measured[] = [];
        for (const target of targets) {
          const one = await measure(prometheus.url, target, span, now, (expr) => expr);
          measured.push(one);
          const { expr = "" } = target;
          if (span === DAY || unrecorded(expr) === expr) continue;
          const other = await measure(prometheus.url, target, span, now, unrecorded);
          raw.queries += 1;
          raw.recorded_ms += one.ms;
          raw.raw_ms += other.ms;
          raw.recorded_samples += one.samples;
          raw.raw_samples += other.samples;
        }
        const times = measured.map(({ ms }) => ms);
        if (name === "30 d") month.push(...times);
        print(
          `${uid}, ${name}: ${times.length} queries, sum ${rounded(sum(times))} ms, p95 ${rounded(percentile(times, 0.95))} ms, ` +
            `${sum(measured.map(({ samples }) => samples))} samples`,
        );
      }
      const cold: number[] = [];
      for (let run = 0; run < RUNS; run++) cold.push(Math.round(await firstData(web.url, cookie, uid)));
      first[uid] = percentile(cold, 0.5);
      print(
        `${uid}: first data after ${first[uid]} ms in a cold browser, ${Math.min(...cold)} to ${Math.max(...cold)}`,
      );
    }
    const js = await scriptSize(web.url, cookie, boards[0]?.uid ?? "");
    print(
      JSON.stringify({
        first_data_ms: first,
        p95_query_ms_30d: rounded(percentile(month, 0.95)),
        raw_vs_recorded: Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, rounded(value)])),
        js_gzip_kb: rounded(js),
      }),
    );
  } finally {
    await web.close();
    await pager.close();
    await prometheus.close();
  }
}
