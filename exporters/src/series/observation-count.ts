import { Exposed, type ExposedOptions } from "./exposed.ts";
import type { Histogram, HistogramSeries } from "./histogram.ts";

/**
 * A counter of how often a histogram observed anything, under the same labels. It keeps nothing of its own and costs
 * nothing but its lines.
 */
export class ObservationCount extends Exposed<HistogramSeries> {
  readonly #histogram: Histogram;

  /** @throws Error as every metric does */
  constructor(histogram: Histogram, options: ExposedOptions) {
    const { edges } = histogram.shapeOptions;
    super("counter", { kind: "observations", edges }, histogram.labelNames, options);
    this.#histogram = histogram;
    histogram.countObservations(this);
  }

  get series(): readonly HistogramSeries[] {
    return this.#histogram.series;
  }

  get slabs(): readonly Float64Array[] {
    return this.#histogram.slabs;
  }

  get generation(): number {
    return this.#histogram.generation;
  }

  /** Its histogram is what can be reset. */
  reset(): void {}
}
