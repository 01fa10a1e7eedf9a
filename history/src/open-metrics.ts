import type { Series } from "./series.ts";

/** The first character of a chunk's last line is far from its end: strings of this size are joined cheaply. */
const CHUNK = 1 << 18;

const escaped = (value: string): string =>
  value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");

/**
 * The text that promtool reads, in chunks, of the moments from one index up to another. The end mark is not among them.
 */
export function* renderOpenMetrics(
  series: readonly Series[],
  times: readonly number[],
  from: number,
  to: number,
): Generator<string> {
  let chunk = "";
  for (const { name, labels, values } of series) {
    const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
    const head = pairs.length > 0 ? `${name}{${pairs.join(",")}} ` : `${name} `;
    for (let i = from; i < to; i++) {
      const value = values[i] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      // Six digits after the point are more than any panel shows, and half of what a number may have.
      chunk += `${head}${Number.isInteger(value) ? value : Number(value.toPrecision(9))} ${times[i]}\n`;
    }
    if (chunk.length > CHUNK) {
      yield chunk;
      chunk = "";
    }
  }
  yield chunk;
}
