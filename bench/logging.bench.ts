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

/** Bare beside bare says what the measurement itself is off by. */
const rows: readonly Row[] = [
  row("bare", "healthy"),
  row("logs", "healthy"),
  row("logs", "healthy", FULL),
  row("logs", "slow"),
  row("logs", "hanging"),
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

const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10;
const lostUncounted = ({ written, arrived, counted }: Outcome): number => written - arrived - counted;

/**
 * What shipping log lines and spans costs a service, beside pino-loki, whatever Loki and the collector do.
 *
 * @param args `--seconds N` of load for each of the 17 runs; the default takes about seven minutes
 */
export async function run(print: (line: string) => void, args: readonly string[]): Promise<void> {
  const at = args.indexOf("--seconds");
  const seconds = at < 0 ? DEFAULT_SECONDS : Number(args[at + 1]);
  if (!Number.isInteger(seconds) || seconds < 8 || seconds > 600) {
    throw new Error("Cannot measure as --seconds must be a whole number from 8 to 600");
  }
  print(
    `${seconds} s each, 300 requests a second, and as many to a bare service beside it; a span run records 600 spans a second\n`,
  );
  print(
    "contender  endpoint   lines/s   p99 ms  bare beside  ratio  RSS + MB  arrived of written  counted lost  uncounted  wire MB  end ms",
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
        outcome.p99Ms.toFixed(1).padStart(8),
        outcome.bareP99Ms.toFixed(1).padStart(12),
        outcome.p99Ratio.toFixed(2).padStart(6),
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
  const steady = ours.filter(({ linesPerSecond }) => linesPerSecond === STEADY);
  const bare = measured.flatMap(({ contender, outcome }) => (contender === "bare" ? [outcome.p99Ratio] : []));
  print("");
  print(
    `noise: bare beside bare had a ratio from ${Math.min(...bare).toFixed(2)} to ${Math.max(...bare).toFixed(2)}`,
  );
  print(
    JSON.stringify({
      rss_growth_mb: megabytes(worst(({ rssGrowthBytes }) => rssGrowthBytes)),
      lost_uncounted: worst(lostUncounted),
      p99_ratio: Math.round(Math.max(...steady.map(({ outcome }) => outcome.p99Ratio)) * 100) / 100,
      shutdown_ms: Math.round(worst(({ shutdownMs }) => shutdownMs)),
      crashes: ours.filter(({ outcome }) => outcome.crashed).length,
    }),
  );
}
