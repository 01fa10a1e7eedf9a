import { Family, type FamilyOptions } from "./family.ts";
import { Series } from "./series.ts";
import type { Place } from "./slabs.ts";

/** One series of a counter. */
export class CounterSeries extends Series {
  /** @throws Error for anything but a finite number that is not negative */
  inc(by = 1): void {
    if (!(by >= 0 && by < Number.POSITIVE_INFINITY))
      throw new Error(`Cannot count ${by} as a counter only rises`);
    (this.slab[this.offset] as number) += by;
  }
}

type Labels = Readonly<Record<string, string | number>>;

/** A counter with the interface of prom-client's. Without labels it starts at zero. */
export class Counter extends Family<CounterSeries> {
  constructor(options: FamilyOptions) {
    super("counter", { kind: "scalar", edges: [] }, options);
    if (this.labelNames.length === 0) this.seriesOf([]);
  }

  protected createSeries(values: readonly string[], place: Place): CounterSeries {
    return new CounterSeries(values, place);
  }

  /** @throws Error for a label that the counter lacks or a number that it cannot count */
  inc(labelsOrBy: Labels | number = {}, by = 1): void {
    if (typeof labelsOrBy === "number") this.seriesOf([]).inc(labelsOrBy);
    else this.find(labelsOrBy).inc(by);
  }

  /** The series of these labels, to be kept and counted with. */
  labels(labels: Labels): CounterSeries {
    return this.find(labels);
  }
}
