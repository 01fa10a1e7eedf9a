import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median, spread } from "./exporters/median.ts";

/**
 * `npm run bench -- exporters [--rounds 3] [--only record,scrape]`: what our instruments cost beside a bare app and
 * beside those that people use instead, and what a scrape costs, of one process and of a cluster. Each round is a fresh
 * process for each measurement, in turns; of a request the difference between two bare servers in the same process is
 * subtracted.
 */
const CHILD = fileURLToPath(new URL("./exporters/child.ts", import.meta.url));
/** So much young memory that nothing is collected while bytes are counted. */
const FLAGS = ["--import", "tsx", "--expose-gc", "--min-semi-space-size=256", "--max-semi-space-size=256"];
const PEERS = ["ours", "hand", "express_prom_bundle", "otel", "log_line", "pino_http"] as const;
const SERIES = [1_000, 10_000, 100_000] as const;
const PARTS = ["whole", "added", "record", "scrape", "cluster"] as const;

type Part = (typeof PARTS)[number];

const CONNECTIONS = 16;
const WARM_UP = 3_000;
const REQUESTS = 10_000;

type Found = Readonly<Record<string, { readonly us: number; readonly bytes: number }>>;
type Scraped = {
  readonly cpu_ms: number;
  readonly stall_ms: number;
  readonly bytes: number;
  readonly rss_mb: number;
};

type ClusterScraped = { readonly wall_ms: number; readonly cpu_ms: number; readonly stall_ms: number };

const execute = promisify(execFile);

async function measure<T>(...args: readonly string[]): Promise<T> {
  const { stdout } = await execute(process.execPath, [...FLAGS, CHILD, ...args], { maxBuffer: 1e7 });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as T;
}

/** Sends requests over connections that stay open, one at a time on each. */
function load(port: number, requests: number): Promise<void> {
  const request = "GET /api/items/7 HTTP/1.1\r\nHost: bench\r\n\r\n";
  let asked = 0;
  let answered = 0;
  return new Promise((resolve, reject) => {
    for (let i = 0; i < CONNECTIONS; i++) {
      const socket = connect(port, "127.0.0.1").setNoDelay();
      const next = (): void => {
        if (asked++ < requests) socket.write(request);
        else socket.destroy();
      };
      socket.once("connect", next).on("error", reject);
      socket.on("data", () => {
        answered++;
        next();
        if (answered === requests) resolve();
      });
    }
  });
}

const messageOf = async (child: ChildProcess): Promise<Record<string, number>> =>
  (await once(child, "message"))[0];

/** Microseconds of processor for each request, over real connections. */
async function measureWhole(kind: "bare" | "ours"): Promise<number> {
  const child = fork(CHILD, ["serve", kind], { execArgv: ["--import", "tsx"] });
  try {
    const { port = 0 } = await messageOf(child);
    await load(port, WARM_UP);
    child.send("begin");
    await load(port, REQUESTS);
    child.send("end");
    const { cpuMs = Number.NaN } = await messageOf(child);
    return (cpuMs * 1_000) / REQUESTS;
  } finally {
    child.kill();
  }
}

/** OpenTelemetry patches every server of its process, so that its bare ones are those of another. */
async function measureAdded(peer: (typeof PEERS)[number]): Promise<{ us: number; bytes: number }> {
  const bare = await measure<Found>("requests", "bare", "control", ...(peer === "otel" ? [] : [peer]));
  const found = peer === "otel" ? await measure<Found>("requests", "otel") : bare;
  const [own, first, second] = [found[peer], bare.bare, bare.control];
  if (!own || !first || !second) throw new Error(`Cannot measure ${peer} as its process said nothing of it`);
  return {
    us: own.us - (first.us + second.us) / 2,
    bytes: own.bytes - (first.bytes + second.bytes) / 2,
  };
}

/** The value of an option such as `--rounds 3`. */
const optionOf = (args: readonly string[], name: string): string | undefined =>
  args.includes(name) ? (args[args.indexOf(name) + 1] ?? "") : undefined;

function roundsOf(args: readonly string[]): number {
  const given = optionOf(args, "--rounds") ?? "3";
  const rounds = Number(given);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 50)
    throw new Error(`Cannot measure in "${given}" rounds as it must be 1 to 50`);
  return rounds;
}

function partsOf(args: readonly string[]): ReadonlySet<Part> {
  const given = optionOf(args, "--only");
  if (given === undefined) return new Set(PARTS);
  const parts = given.split(",");
  const unknown = parts.find((part) => !(PARTS as readonly string[]).includes(part));
  if (unknown !== undefined)
    throw new Error(`Cannot measure "${unknown}" as there are only ${PARTS.join(", ")}`);
  return new Set(parts as Part[]);
}

/** What was found so far, a number a round. */
const createFound = () => ({
  whole: { bare: [] as number[], ours: [] as number[] },
  added: new Map(PEERS.map((peer) => [peer, { us: [] as number[], bytes: [] as number[] }])),
  record: { recordNs: [] as number[], clocksNs: [] as number[] },
  scrapes: new Map(SERIES.map((series) => [series, { ours: [] as Scraped[], theirs: [] as Scraped[] }])),
  cluster: { ours: [] as ClusterScraped[], theirs: [] as ClusterScraped[] },
});

type AllFound = ReturnType<typeof createFound>;

async function measureRound(parts: ReadonlySet<Part>, found: AllFound): Promise<void> {
  const { whole, added, record, scrapes, cluster } = found;
  if (parts.has("whole"))
    for (const kind of ["bare", "ours"] as const) whole[kind].push(await measureWhole(kind));
  if (parts.has("added"))
    for (const [peer, { us, bytes }] of added) {
      const cost = await measureAdded(peer);
      us.push(cost.us);
      bytes.push(cost.bytes);
    }
  if (parts.has("record")) {
    const { record_ns, clocks_ns } = await measure<{ record_ns: number; clocks_ns: number }>("record");
    record.recordNs.push(record_ns);
    record.clocksNs.push(clocks_ns);
  }
  if (parts.has("scrape"))
    for (const [series, { ours, theirs }] of scrapes) {
      ours.push(await measure<Scraped>("scrape", "ours", String(series)));
      theirs.push(await measure<Scraped>("scrape", "prom-client", String(series)));
    }
  if (parts.has("cluster")) {
    cluster.ours.push(await measure<ClusterScraped>("cluster", "ours"));
    cluster.theirs.push(await measure<ClusterScraped>("cluster", "prom-client"));
  }
}

const round = (value: number, digits = 3): number => Number(value.toFixed(digits));
const middle = <T>(found: readonly T[], key: keyof T): number =>
  round(median(found.map((one) => one[key] as number)));

function printFound(print: (line: string) => void, parts: ReadonlySet<Part>, found: AllFound): void {
  const { whole, added, record, scrapes, cluster } = found;
  if (parts.has("whole"))
    print(`processor for a request, µs: bare ${spread(whole.bare, 1)}, ours ${spread(whole.ours, 1)}`);
  if (parts.has("added"))
    for (const [peer, { us, bytes }] of added)
      print(`${peer} adds ${spread(us)} µs and ${spread(bytes, 0)} bytes to a request`);
  if (parts.has("record"))
    print(
      `one whole record takes ${spread(record.recordNs, 0)} ns, its two readings of the clock alone ${spread(record.clocksNs, 0)} ns`,
    );
  if (parts.has("scrape"))
    for (const [series, { ours, theirs }] of scrapes)
      for (const [who, all] of [
        ["ours", ours],
        ["prom-client", theirs],
      ] as const) {
        const of = (key: keyof Scraped): number[] => all.map((one) => one[key]);
        print(
          `scrape of ${series} series, ${who}: ${spread(of("cpu_ms"))} ms of processor, stall ${spread(of("stall_ms"))} ms, ` +
            `${median(of("bytes"))} bytes, ${median(of("rss_mb")).toFixed(0)} MB in RAM`,
        );
      }
  if (parts.has("cluster"))
    for (const [who, all] of Object.entries(cluster)) {
      const of = (key: keyof ClusterScraped): number[] => all.map((one) => one[key]);
      print(
        `scrape of a cluster of two with 10000 series each, ${who === "ours" ? who : "prom-client"}: ` +
          `${spread(of("wall_ms"))} ms, ${spread(of("cpu_ms"))} ms of the primary's processor, stall ${spread(of("stall_ms"))} ms`,
      );
    }
}

export async function run(print: (line: string) => void, args: readonly string[]): Promise<void> {
  const rounds = roundsOf(args);
  const parts = partsOf(args);
  const found = createFound();
  for (let done = 1; done <= rounds; done++) {
    await measureRound(parts, found);
    print(`round ${done} of ${rounds} is done`);
  }
  print(`Node ${process.versions.node}, ${rounds} rounds: median (least … most)`);
  printFound(print, parts, found);

  const { whole, added, record, scrapes, cluster } = found;
  print(
    JSON.stringify({
      cpu_vs_bare: round(median(whole.ours) / median(whole.bare)),
      added_us: Object.fromEntries([...added].map(([peer, { us }]) => [peer, round(median(us))])),
      added_bytes: Object.fromEntries([...added].map(([peer, { bytes }]) => [peer, round(median(bytes), 0)])),
      record_ns: round(median(record.recordNs), 1),
      clocks_ns: round(median(record.clocksNs), 1),
      scrape: Object.fromEntries(
        [...scrapes].map(([series, { ours, theirs }]) => [
          series,
          {
            ours_cpu_ms: middle(ours, "cpu_ms"),
            ours_stall_ms: middle(ours, "stall_ms"),
            prom_client_cpu_ms: middle(theirs, "cpu_ms"),
            prom_client_stall_ms: middle(theirs, "stall_ms"),
          },
        ]),
      ),
      cluster: {
        ours_ms: middle(cluster.ours, "wall_ms"),
        ours_cpu_ms: middle(cluster.ours, "cpu_ms"),
        prom_client_ms: middle(cluster.theirs, "wall_ms"),
        prom_client_cpu_ms: middle(cluster.theirs, "cpu_ms"),
      },
    }),
  );
}
