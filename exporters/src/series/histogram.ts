import type { Exposed } from "./exposed.ts";
import { Family, type FamilyOptions } from "./family.ts";
import { type Exemplar, Series } from "./series.ts";
import type { Place } from "./slabs.ts";

export interface HistogramOptions extends FamilyOptions {
  /** Upper bucket edges, ascending, without +Inf; prom-client's where none are given. */
  readonly buckets?: readonly number[];
}

/** prom-client's own, made for seconds. */
const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** One series of a histogram. */
export class HistogramSeries extends Series {
  readonly edges: Float64Array;
  readonly count: number;

  constructor(values: readonly string[], place: Place, edges: Float64Array) {
    super(values, place);
    this.edges = edges;
    this.count = edges.length;
  }

  /** @throws Error for anything but a finite number: one NaN would spoil the sum for ever */
  observe(value: number): void {
    if (!Number.isFinite(value)) throw new Error(`Cannot observe ${value} as it is not a finite number`);
    const { edges, count, slab, offset } = this;
    let bucket = 0;
    while (bucket < count && value > (edges[bucket] as number)) bucket++;
    (slab[offset + bucket] as number)++;
    (slab[offset + count + 1] as number) += value;
  }

  /** Observes a value and keeps where it came from; each bucket remembers the last. */
  observeExample(value: number, labels: Exemplar["labels"], seconds = Date.now() / 1_000): void {
    this.observe(value);
    let bucket = 0;
    while (bucket < this.count && value > (this.edges[bucket] as number)) bucket++;
    this.exemplars ??= new Array<Exemplar | undefined>(this.count + 1).fill(undefined);
    this.exemplars[bucket] = { labels, value, seconds };
    this.exemplarChanges++;
  }
}

type Labels = Readonly<Record<string, string | number>>;

/** A histogram with the interface of prom-client's. Without labels it starts at zero. */
export class Histogram extends Family<HistogramSeries> {
  readonly #edges: Float64Array;

  /** @throws Error when the edges do not rise, or as `Family` does */
  constructor(options: HistogramOptions) {
    const edges = (options.buckets ?? DEFAULT_BUCKETS).filter((edge) => edge !== Number.POSITIVE_INFINITY);
    if (edges.some((edge, i) => !(edge > (edges[i - 1] ?? Number.NEGATIVE_INFINITY))))
      throw new Error(`Cannot make metric "${options.name}" as its bucket edges do not rise`);
    super("histogram", { kind: "histogram", edges }, options);
    this.#edges = Float64Array.from(edges);
    if (this.labelNames.length === 0) this.seriesOf([]);
  }

  protected createSeries(values: readonly string[], place: Place): HistogramSeries {
    return new HistogramSeries(values, place, this.#edges);
  }

  /** Shows how often anything was observed as a metric of its own. */
  countObservations(count: Exposed<HistogramSeries>): void {
    this.addFollower(count);
  }

  /** @throws Error for a label that the histogram lacks or a number that is not finite */
  observe(labelsOrValue: Labels | number, value = 0): void {
    if (typeof labelsOrValue === "number") this.seriesOf([]).observe(labelsOrValue);
    else this.find(labelsOrValue).observe(value);
  }

  /** Begins a measurement. @returns what ends it, with the seconds that it took */
  startTimer(labels: Labels = {}): (more?: Labels) => number {
    const start = performance.now();
    return (more) => {
      const seconds = (performance.now() - start) / 1_000;
      this.observe({ ...labels, ...more }, seconds);
      return seconds;
    };
  }

  /** Makes the series of these labels without an observation. */
  zero(labels: Labels): void {
    this.find(labels);
  }

  /** The series of these labels, to be kept and observed with. */
  labels(labels: Labels): HistogramSeries {
    return this.find(labels);
  }
}
