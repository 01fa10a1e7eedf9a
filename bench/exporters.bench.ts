import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median, spread } from "./exporters/median.ts";

/**
 * `npm run bench -- exporters [--rounds 3]`: what our instruments cost beside a bare app and beside those that people
 * use instead, and what a scrape costs. Each round is a fresh process for each measurement, in turns; of a request the
 * difference between two bare servers in the same process is subtracted.
 */
const CHILD = fileURLToPath(new URL("./exporters/child.ts", import.meta.url));
/** So much young memory that nothing is collected while bytes are counted. */
const FLAGS = ["--import", "tsx", "--expose-gc", "--min-semi-space-size=256", "--max-semi-space-size=256"];
const PEERS = ["ours", "hand", "express_prom_bundle", "otel", "log_line"] as const;
const SERIES = [1_000, 10_000, 100_000] as const;

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

const roundsOf = (args: readonly string[]): number => {
  const given = args[args.indexOf("--rounds") + 1];
  const rounds = args.includes("--rounds") ? Number(given) : 3;
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 50)
    throw new Error(`Cannot measure in ${given} rounds as it must be 1 to 50`);
  return rounds;
};

export async function run(print: (line: string) => void, args: readonly string[]): Promise<void> {
  const rounds = roundsOf(args);
  const whole = { bare: [] as number[], ours: [] as number[] };
  const added = new Map(PEERS.map((peer) => [peer, { us: [] as number[], bytes: [] as number[] }]));
  const record: number[] = [];
  const scrapes = new Map(
    SERIES.map((series) => [series, { ours: [] as Scraped[], theirs: [] as Scraped[] }]),
  );

  for (let round = 0; round < rounds; round++) {
    for (const kind of ["bare", "ours"] as const) whole[kind].push(await measureWhole(kind));
    for (const [peer, { us, bytes }] of added) {
      const found = await measureAdded(peer);
      us.push(found.us);
      bytes.push(found.bytes);
    }
    record.push(await measure<number>("record"));
    for (const [series, { ours, theirs }] of scrapes) {
      ours.push(await measure<Scraped>("scrape", "ours", String(series)));
      theirs.push(await measure<Scraped>("scrape", "prom-client", String(series)));
    }
    print(`round ${round + 1} of ${rounds} is done`);
  }

  const ratio = median(whole.ours) / median(whole.bare);
  print(`Node ${process.versions.node}, ${rounds} rounds: median (least … most)`);
  print(`processor for a request, µs: bare ${spread(whole.bare, 1)}, ours ${spread(whole.ours, 1)}`);
  for (const [peer, { us, bytes }] of added) {
    print(`${peer} adds ${spread(us)} µs and ${spread(bytes, 0)} bytes to a request`);
  }
  print(`one whole record takes ${spread(record, 0)} ns`);
  for (const [series, { ours, theirs }] of scrapes) {
    for (const [who, found] of [
      ["ours", ours],
      ["prom-client", theirs],
    ] as const) {
      const of = (key: keyof Scraped): number[] => found.map((one) => one[key]);
      print(
        `scrape of ${series} series, ${who}: ${spread(of("cpu_ms"))} ms of processor, stall ${spread(of("stall_ms"))} ms, ` +
          `${median(of("bytes"))} bytes, ${median(of("rss_mb")).toFixed(0)} MB in RAM`,
      );
    }
  }

  const round = (value: number, digits = 3): number => Number(value.toFixed(digits));
  const middle = (found: readonly Scraped[], key: keyof Scraped): number =>
    round(median(found.map((one) => one[key])));
  print(
    JSON.stringify({
      cpu_vs_bare: round(ratio),
      added_us: Object.fromEntries([...added].map(([peer, { us }]) => [peer, round(median(us))])),
      added_bytes: Object.fromEntries([...added].map(([peer, { bytes }]) => [peer, round(median(bytes), 0)])),
      record_ns: round(median(record), 1),
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
    }),
  );
}
