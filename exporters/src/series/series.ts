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
  slab: Float64Array;
  offset: number;
  /** By line of the exposition. */
  exemplars: (Exemplar | undefined)[] | undefined = undefined;
  /** How often they have changed, for whoever carries them elsewhere. */
  exemplarChanges = 0;

  constructor(values: readonly string[], place: Place) {
    this.values = values;
    this.place = place;
    this.slab = place.slab;
    this.offset = place.offset;
  }

  /** The series has ended: who still holds it counts into nothing. */
  detach(): void {
    this.slab = this.slab.slice();
    this.offset = this.place.offset;
  }
}
