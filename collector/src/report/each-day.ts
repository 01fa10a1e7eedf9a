import type { Prometheus, Sample } from "../upstream/prometheus.ts";

/** Milliseconds since 1970, as everything that a report is about. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const lengthOf = ({ fromMs, toMs }: Span): number => toMs - fromMs;

/** How PromQL looks back over a span from its end. */
export const range = (span: Span): string => `[${Math.max(1, Math.round(lengthOf(span)) - 1)}ms]`;

/** Days that are alike: those of a zone's summer, the one on which it ends, those after it. */
function alike(days: readonly Span[]): readonly (readonly Span[])[] {
  const runs: Span[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run?.[0] && lengthOf(run[0]) === lengthOf(day)) run.push(day);
    else runs.push([day]);
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
  for (const run of alike(days)) {
    const [first = { fromMs: 0, toMs: 1 }] = run;
    const ends = run.map(({ toMs }) => toMs / 1_000);
    const step = lengthOf(first) / 1_000;
    found.push(...(await prometheus.queryRange(expressionOf(range(first)), ends, step)));
  }
  return found;
}
