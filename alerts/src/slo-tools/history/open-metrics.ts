/** A series to be written: its name, labels and samples as pairs of Unix seconds and value, in the order of time. */
export interface History {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [number, number])[];
}

const escaped = (value: string): string =>
  value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");

/** One series after the other, in the text format that `promtool tsdb create-blocks-from openmetrics` reads. */
export function* renderOpenMetrics(histories: Iterable<History>): Generator<string> {
  for (const { name, labels, samples } of histories) {
    const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
    const series = pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
    for (const [at, value] of samples) yield `${series} ${value} ${at}\n`;
  }
  yield "# EOF\n";
}
