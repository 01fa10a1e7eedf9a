import type uPlot from "uplot";
import type { Range } from "../../boards/time-range.ts";
import { colour } from "./colours.ts";
import type { RawExemplars } from "./prometheus.ts";

/** One event behind a line: a single request whose trace was kept. */
export interface Exemplar {
  /** Unix seconds. */
  readonly at: number;
  readonly value: number;
  /** Its labels, such as `trace_id`, and those of its series. */
  readonly labels: Readonly<Record<string, string>>;
}

/** As many as can be told apart over the width of a chart. */
const SLOTS = 120;
const RADIUS = 3.5;
/** How near the pointer must be, in pixels. */
const NEAR = 9;

/** The slowest event of each slot of the range: what people look for, however many there are. */
export function chooseExemplars(raw: readonly RawExemplars[], { from, to }: Range): readonly Exemplar[] {
  const slots = new Map<number, Exemplar>();
  for (const { seriesLabels, exemplars } of raw) {
    for (const { labels, value, timestamp } of exemplars) {
      const one = { at: timestamp, value: Number(value), labels: { ...seriesLabels, ...labels } };
      if (!Number.isFinite(one.value) || one.at < from || one.at > to) continue;
      const slot = Math.floor(((one.at - from) / (to - from)) * SLOTS);
      if (one.value > (slots.get(slot)?.value ?? Number.NEGATIVE_INFINITY)) slots.set(slot, one);
    }
  }
  return [...slots.values()].sort((a, b) => a.at - b.at);
}

/** What a person can look the trace up by. */
export const traceOf = ({ labels }: Exemplar): string =>
  labels.trace_id ?? labels.traceID ?? labels.traceId ?? "";

/** What the dot is of, in a line. */
export function describeExemplar({ labels }: Exemplar, trace: string): string {
  const what = [labels.method, labels.route ?? labels.query, labels.status].filter(Boolean).join(" ");
  return [what || "one event", trace && `trace ${trace}`].filter(Boolean).join(", ");
}

export const exemplarColour = (): string => colour("orange");

/** Diamonds at the events; those above what the chart shows stand at its upper edge. */
export function drawExemplars(plot: uPlot, exemplars: readonly Exemplar[], scale: string): void {
  if (exemplars.length === 0) return;
  const { ctx, bbox } = plot;
  const size = RADIUS * devicePixelRatio;
  ctx.save();
  ctx.fillStyle = exemplarColour();
  for (const { at, value } of exemplars) {
    const x = plot.valToPos(at, "x", true);
    const y = Math.max(bbox.top + size, plot.valToPos(value, scale, true));
    if (x < bbox.left || x > bbox.left + bbox.width || y > bbox.top + bbox.height) continue;
    ctx.beginPath();
    ctx.moveTo(x, y - size);
    ctx.lineTo(x + size, y);
    ctx.lineTo(x, y + size);
    ctx.lineTo(x - size, y);
    ctx.fill();
  }
  ctx.restore();
}

/** The event at a place of the chart, in its own pixels. */
export function exemplarAt(
  plot: uPlot,
  exemplars: readonly Exemplar[],
  scale: string,
  { left = -1, top = -1 }: { readonly left?: number | undefined; readonly top?: number | undefined },
): Exemplar | undefined {
  const distance = ({ at, value }: Exemplar): number =>
    Math.hypot(plot.valToPos(at, "x") - left, Math.max(RADIUS, plot.valToPos(value, scale)) - top);
  const near = exemplars.filter((one) => distance(one) <= NEAR);
  return near.sort((a, b) => distance(a) - distance(b))[0];
}
