import type { Place } from "./slabs.ts";

/** Where one event of a histogram's bucket can be seen in full. */
export interface Exemplar {
  /** Such as `{ trace_id: "4bf9…" }`; all names and values together at most 128 characters. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Unix time. */
  readonly seconds: number;
}

/** One set of label values of a metric and its numbers. */
export class Series {
  readonly values: readonly string[];
  readonly place: Place;
  /** Copies of the place's: one step less on the way that every request takes. */
  readonly slab: Float64Array;
  readonly offset: number;
  /** By line of the exposition. */
  exemplars: (Exemplar | undefined)[] | undefined = undefined;

  constructor(values: readonly string[], place: Place) {
    this.values = values;
    this.place = place;
    this.slab = place.slab;
    this.offset = place.offset;
  }
}
