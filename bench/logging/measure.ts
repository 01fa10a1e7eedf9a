import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Contender, Endpoint, FromEndpoint, FromService, ToService } from "./contract.ts";
import { sendSteadily } from "./load.ts";

export interface Situation {
  readonly contender: Contender;
  readonly endpoint: Endpoint;
  readonly linesPerSecond: number;
  readonly seconds: number;
}

export interface Outcome {
  /** Of the 99th percentiles of all slices once settled, the median. */
  readonly p99Ms: number;
  /** The same of the bare service that ran beside it. */
  readonly bareP99Ms: number;
  /** The median of what each slice's 99th percentile is beside that of the bare service in that slice. */
  readonly p99Ratio: number;
  /** Requests without an answer. */
  readonly failed: number;
  /** The most memory after the fifth second, above that of the fifth second. */
  readonly rssGrowthBytes: number;
  readonly shutdownMs: number;
  readonly written: number;
  readonly arrived: number;
  /** What the service itself says it lost. */
  readonly counted: number;
  readonly bytes: number;
  readonly crashed: boolean;
}

const REQUESTS_PER_SECOND = 300;
const SETTLING_MS = 5_000;
const WEIGH_EVERY_MS = 250;
/** A service that has not closed by then has failed, whatever it is waiting for. */
const CLOSE_PATIENCE_MS = 30_000;
/** Each request makes two: its own and one below. */
const SPANS_PER_REQUEST = 2;

const start = (file: string, args: readonly string[]): ChildProcess =>
  fork(new URL(file, import.meta.url), args, {
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });

/** The next message of that kind, or nothing when the process ends first or `patienceMs` pass. */
function hear<Message extends { kind: string }, Kind extends Message["kind"]>(
  child: ChildProcess,
  kind: Kind,
  patienceMs = CLOSE_PATIENCE_MS,
): Promise<Extract<Message, { kind: Kind }> | undefined> {
  return new Promise((resolve) => {
    const settle = (message: Extract<Message, { kind: Kind }> | undefined): void => {
      clearTimeout(timer);
      child.off("message", listen);
      child.off("exit", end);
      resolve(message);
    };
    const listen = (message: Message): void => {
      if (message.kind === kind) settle(message as Extract<Message, { kind: Kind }>);
    };
    const end = (): void => settle(undefined);
    const timer = setTimeout(end, patienceMs);
    child.on("message", listen as (message: unknown) => void);
    child.once("exit", end);
  });
}

/** One pause of the machine falls into one slice, and does not decide over a run. */
const SLICE_SECONDS = 1;

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN;

/** The 99th percentile of each slice, once settled. */
function p99OfSlices(latencies: readonly number[]): readonly number[] {
  const settled = latencies.slice((REQUESTS_PER_SECOND * SETTLING_MS) / 1_000);
  const slice = REQUESTS_PER_SECOND * SLICE_SECONDS;
  return Array.from({ length: Math.floor(settled.length / slice) }, (_, i) =>
    percentile(
      settled.slice(i * slice, (i + 1) * slice).filter((ms) => !Number.isNaN(ms)),
      0.99,
    ),
  );
}

async function startService(
  contender: Contender,
  url: string,
): Promise<{ child: ChildProcess; port: number }> {
  const child = start("./service.ts", [contender, url]);
  const listening = await hear<FromService, "listening">(child, "listening");
  if (!listening) throw new Error(`Cannot measure ${contender} as its service did not start`);
  return { child, port: listening.port };
}

/**
 * Runs one service beside one endpoint, and a bare service under the same load at the same time, each in a process of
 * its own, and ends them: whatever else the machine does slows both services alike.
 */
export async function measure({ contender, endpoint, linesPerSecond, seconds }: Situation): Promise<Outcome> {
  const receiver = start("./endpoint.ts", [endpoint]);
  const at = await hear<FromEndpoint, "listening">(receiver, "listening");
  const children = [receiver];
  try {
    const { child: service, port } = await startService(contender, `http://127.0.0.1:${at?.port}`);
    children.push(service);
    const bare = await startService("bare", "");
    children.push(bare.child);
    const lines = Math.round(linesPerSecond / REQUESTS_PER_SECOND);
    const urls = [port, bare.port].map((one) => `http://127.0.0.1:${one}/lines/${lines}`);
    await sendSteadily(urls, 50, 1);

    const begun = performance.now();
    let settled = 0;
    let heaviest = 0;
    service.on("message", (message: FromService) => {
      if (message.kind !== "weight") return;
      if (performance.now() - begun < SETTLING_MS) settled = Math.max(settled, message.rssBytes);
      else heaviest = Math.max(heaviest, message.rssBytes);
    });
    const weigh = setInterval(() => service.send({ kind: "weigh" } satisfies ToService), WEIGH_EVERY_MS);
    const [latencies = [], bareLatencies = []] = await sendSteadily(urls, REQUESTS_PER_SECOND, seconds);
    clearInterval(weigh);

    service.send({ kind: "close" } satisfies ToService);
    const closed = await hear<FromService, "closed">(service, "closed");
    if (closed && service.exitCode === null) await once(service, "exit");
    receiver.send("tell");
    const received = await hear<FromEndpoint, "received">(receiver, "received");
    const requests = REQUESTS_PER_SECOND * seconds + 50;
    const [p99s, bareP99s] = [p99OfSlices(latencies), p99OfSlices(bareLatencies)];
    return {
      p99Ms: percentile(p99s, 0.5),
      bareP99Ms: percentile(bareP99s, 0.5),
      p99Ratio: percentile(
        p99s.map((ms, i) => ms / (bareP99s[i] ?? Number.NaN)),
        0.5,
      ),
      failed: latencies.filter(Number.isNaN).length,
      rssGrowthBytes: Math.max(0, heaviest - settled),
      shutdownMs: closed?.ms ?? CLOSE_PATIENCE_MS,
      // A service that forgot some of what it was to write has lost it, too.
      written: Math.max(closed?.written ?? 0, requests * (contender === "spans" ? SPANS_PER_REQUEST : lines)),
      arrived: (contender === "spans" ? received?.spans : received?.lines) ?? 0,
      counted: closed?.lost ?? 0,
      bytes: received?.bytes ?? 0,
      crashed: closed === undefined || service.exitCode !== 0,
    };
  } finally {
    for (const child of children) if (child.exitCode === null) child.kill("SIGKILL");
  }
}
