import type { Prometheus, Sample } from "../upstream/prometheus.ts";

/** Milliseconds since 1970, as everything that a report is about. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const during = (lengthMs: number): string => `[${Math.max(1, Math.round(lengthMs) - 1)}ms]`;

/** How PromQL looks back over a span from its end. */
export const range = ({ fromMs, toMs }: Span): string => during(toMs - fromMs);

/** Days that are alike: those of a zone's summer, the one on which it ends, those after it. */
interface Run {
  readonly lengthMs: number;
  readonly endsMs: number[];
}

function runsOf(days: readonly Span[]): readonly Run[] {
  const runs: Run[] = [];
  for (const { fromMs, toMs } of days) {
    const lengthMs = toMs - fromMs;
    const run = runs.at(-1);
    if (run?.lengthMs === lengthMs) run.endsMs.push(toMs);
    else runs.push({ lengthMs, endsMs: [toMs] });
  }
  return runs;
}

/**
 * What an expression says of each day: one question for days that are alike, where a month had thirty.
 *
 * @param expressionOf makes it of a range such as `[86399999ms]`, with which it looks back over a day
 * @param days that follow one another
 */
export async function eachDay(
  prometheus: Pick<Prometheus, "queryRange">,
  expressionOf: (during: string) => string,
  days: readonly Span[],
): Promise<readonly (readonly Sample[])[]> {
  const found: (readonly Sample[])[] = [];
  for (const { lengthMs, endsMs } of runsOf(days)) {
    const ends = endsMs.map((ms) => ms / 1_000);
    found.push(...(await prometheus.queryRange(expressionOf(during(lengthMs)), ends, lengthMs / 1_000)));
  }
  return found;
}
