import { Family, type FamilyOptions } from "./family.ts";
import { Series } from "./series.ts";
import type { Place } from "./slabs.ts";

/** One series of a gauge. */
export class GaugeSeries extends Series {
  set(value: number): void {
    this.slab[this.offset] = value;
  }

  inc(by = 1): void {
    (this.slab[this.offset] as number) += by;
  }

  dec(by = 1): void {
    (this.slab[this.offset] as number) -= by;
  }
}

type Labels = Readonly<Record<string, string | number>>;

/** A gauge with the interface of prom-client's. Without labels it starts at zero. */
export class Gauge extends Family<GaugeSeries> {
  constructor(options: FamilyOptions) {
    super("gauge", { kind: "scalar", edges: [] }, options);
    if (this.labelNames.length === 0) this.seriesOf([]);
  }

  protected createSeries(values: readonly string[], place: Place): GaugeSeries {
    return new GaugeSeries(values, place);
  }

  /** @throws Error for a label that the gauge lacks */
  set(labelsOrValue: Labels | number, value = 0): void {
    if (typeof labelsOrValue === "number") this.seriesOf([]).set(labelsOrValue);
    else this.find(labelsOrValue).set(value);
  }

  /** @throws Error for a label that the gauge lacks */
  inc(labelsOrBy: Labels | number = {}, by = 1): void {
    if (typeof labelsOrBy === "number") this.seriesOf([]).inc(labelsOrBy);
    else this.find(labelsOrBy).inc(by);
  }

  /** @throws Error for a label that the gauge lacks */
  dec(labelsOrBy: Labels | number = {}, by = 1): void {
    if (typeof labelsOrBy === "number") this.seriesOf([]).dec(labelsOrBy);
    else this.find(labelsOrBy).dec(by);
  }

  setToCurrentTime(labels: Labels = {}): void {
    this.find(labels).set(Date.now() / 1_000);
  }

  /** The series of these labels, to be kept and set. */
  labels(labels: Labels): GaugeSeries {
    return this.find(labels);
  }
}
