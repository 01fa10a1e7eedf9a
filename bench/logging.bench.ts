import type { Contender, Endpoint } from "./logging/contract.ts";
import { measure, type Outcome } from "./logging/measure.ts";

const DEFAULT_SECONDS = 20;
const STEADY = 3_000;
const FULL = 10_000;

interface Row {
  readonly contender: Contender;
  readonly endpoint: Endpoint;
  readonly linesPerSecond: number;
}

const row = (contender: Contender, endpoint: Endpoint, linesPerSecond = STEADY): Row => ({
  contender,
  endpoint,
  linesPerSecond,
});

/** Bare between the others, so that a machine that slows down slows them alike. */
const rows: readonly Row[] = [
  row("bare", "healthy"),
  row("logs", "healthy"),
  row("logs", "healthy", FULL),
  row("logs", "slow"),
  row("logs", "hanging"),
  row("bare", "healthy"),
  row("logs", "failing"),
  row("logs", "refusing"),
  row("spans", "healthy"),
  row("spans", "slow"),
  row("bare", "healthy"),
  row("spans", "hanging"),
  row("spans", "failing"),
  row("spans", "refusing"),
  row("bare", "healthy"),
  row("pino-loki", "healthy"),
  row("pino-loki", "healthy", FULL),
  row("pino-loki", "hanging"),
];

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10;
const lostUncounted = ({ written, arrived, counted }: Outcome): number => written - arrived - counted;

/**
 * What shipping log lines and spans costs a service, beside pino-loki, whatever Loki and the collector do.
 *
 * @param args `--seconds N` of load for each of the 18 runs; the default takes about seven minutes
 */
export async function run(print: (line: string) => void, args: readonly string[]): Promise<void> {
  const at = args.indexOf("--seconds");
  const seconds = at < 0 ? DEFAULT_SECONDS : Number(args[at + 1]);
  if (!Number.isInteger(seconds) || seconds < 8 || seconds > 600) {
    throw new Error("Cannot measure as --seconds must be a whole number from 8 to 600");
  }
  print(`${seconds} s each, 300 requests a second; a span run records 600 spans a second\n`);
  print(
    "contender  endpoint   lines/s   p99 ms (3 s slices)  RSS + MB  arrived of written  counted lost  uncounted  wire MB  end ms",
  );
  const measured: (Row & { readonly outcome: Outcome })[] = [];
  for (const situation of rows) {
    const outcome = await measure({ ...situation, seconds });
    measured.push({ ...situation, outcome });
    const { contender, endpoint, linesPerSecond } = situation;
    const shipped = contender !== "bare";
    print(
      [
        contender.padEnd(10),
        endpoint.padEnd(10),
        String(linesPerSecond).padStart(7),
        `${outcome.p99Ms.median.toFixed(1)} (${outcome.p99Ms.least.toFixed(1)} to ${outcome.p99Ms.most.toFixed(1)})`.padStart(
          21,
        ),
        megabytes(outcome.rssGrowthBytes).toFixed(1).padStart(9),
        (shipped ? `${outcome.arrived} of ${outcome.written}` : "").padStart(19),
        (shipped ? String(outcome.counted) : "").padStart(13),
        (shipped ? String(lostUncounted(outcome)) : "").padStart(10),
        megabytes(outcome.bytes).toFixed(1).padStart(8),
        outcome.shutdownMs.toFixed(0).padStart(7),
        outcome.failed > 0 ? `  ${outcome.failed} requests without an answer` : "",
        outcome.crashed ? "  crashed" : "",
      ].join(" "),
    );
  }

  const ours = measured.filter(({ contender }) => contender === "logs" || contender === "spans");
  const worst = (pick: (outcome: Outcome) => number): number =>
    Math.max(...ours.map(({ outcome }) => pick(outcome)));
  const isBare = ({ contender }: Row): boolean => contender === "bare";
  /** The bare runs before and after one: the machine was most like them. */
  const bareP99Around = (at: number): number => {
    const around = [measured.slice(0, at).findLast(isBare), measured.slice(at).find(isBare)];
    return mean(around.flatMap((found) => (found ? [found.outcome.p99Ms.median] : [])));
  };
  const p99Ratio = Math.max(
    ...measured.flatMap((one, at) =>
      ours.includes(one) && one.linesPerSecond === STEADY
        ? [one.outcome.p99Ms.median / bareP99Around(at)]
        : [],
    ),
  );
  const bare = measured.filter(isBare).map(({ outcome }) => outcome.p99Ms.median);
  print("");
  print(
    `noise: bare alone had a p99 from ${Math.min(...bare).toFixed(1)} to ${Math.max(...bare).toFixed(1)} ms`,
  );
  print(
    JSON.stringify({
      rss_growth_mb: megabytes(worst(({ rssGrowthBytes }) => rssGrowthBytes)),
      lost_uncounted: worst(lostUncounted),
      p99_ratio: Math.round(p99Ratio * 100) / 100,
      shutdown_ms: Math.round(worst(({ shutdownMs }) => shutdownMs)),
      crashes: ours.filter(({ outcome }) => outcome.crashed).length,
    }),
  );
}
