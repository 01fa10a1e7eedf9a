import { Exposed, type ExposedOptions, type MetricType } from "./exposed.ts";
import { createLabelBounds, type LabelBound, type LabelBounds } from "./label-bounds.ts";
import { LabelTree, textOf } from "./label-tree.ts";
import type { Series } from "./series.ts";
import type { ShapeOptions } from "./shape.ts";
import { createSlabs, type Place, type Slabs } from "./slabs.ts";

export interface FamilyOptions extends ExposedOptions {
  readonly labelNames?: readonly string[];
  /** Which values each label may take, in the order of `labelNames`. */
  readonly labelBounds?: readonly (LabelBound | undefined)[];
  /** Label sets that may be kept; what comes later is counted with the label values `other`. */
  readonly maxSeries?: number;
  /** Called whenever something is counted under `other` for want of room. */
  readonly onOverflow?: () => void;
  /** Keeps the numbers where other threads can read them. */
  readonly shared?: boolean;
}

/** A page of 1,000 label sets is more than anybody looks at; a histogram of it is 15,000 lines. */
export const DEFAULT_MAX_SERIES = 1_000;

/** The series of one metric, each with its numbers. */
export abstract class Family<S extends Series> extends Exposed<S> {
  readonly series: S[] = [];
  generation = 0;
  readonly #slabs: Slabs;
  readonly #tree: LabelTree<S>;
  readonly #bounds: LabelBounds;
  readonly #onOverflow: (() => void) | undefined;
  readonly #followers: Exposed<S>[] = [this];

  /** @throws Error when a name breaks Prometheus' rules, or a registry has the metric already */
  constructor(type: MetricType, shape: ShapeOptions, options: FamilyOptions) {
    const { labelNames = [], labelBounds = [], maxSeries = DEFAULT_MAX_SERIES } = options;
    super(type, shape, [...labelNames], options);
    this.#slabs = createSlabs(this.shape.stride, labelNames.length === 0, options.shared ?? false);
    this.#tree = new LabelTree(labelNames.length);
    const bounds = labelNames.map((_, i) => labelBounds[i]);
    this.#bounds = createLabelBounds(bounds, maxSeries);
    this.#onOverflow = options.onOverflow;
  }

  protected abstract createSeries(values: readonly string[], place: Place): S;

  get slabs(): readonly Float64Array[] {
    return this.#slabs.arrays;
  }

  /** Shows the same series in another way as well. */
  protected addFollower(follower: Exposed<S>): void {
    this.#followers.push(follower);
    for (const series of this.series) follower.pages.add(series);
  }

  /** The series of a set of values in the order of the labels; made when it is the first time. */
  seriesOf(values: readonly string[]): S {
    return this.#tree.get(values) ?? this.#admit(values);
  }

  /**
   * The series of a set of labels by name.
   *
   * @throws Error when there is a label that the metric does not have
   */
  find(labels: Readonly<Record<string, unknown>>): S {
    const names = this.labelNames;
    const found = this.#tree.find(names, labels);
    let given = 0;
    for (const _ in labels) given++;
    if (found !== undefined && given === names.length) return found;
    for (const label in labels) {
      if (!names.includes(label))
        throw new Error(`Cannot label metric "${this.exposedName}" as it has no label "${label}"`);
    }
    return found ?? this.#admit(names.map((name) => textOf(labels[name])));
  }

  #admit(values: readonly string[]): S {
    const kept = this.#bounds.admit(values, this.series.length);
    if (kept.some((value, i) => value !== values[i])) {
      this.#onOverflow?.();
      const existing = this.#tree.get(kept);
      if (existing) return existing;
    }
    const series = this.createSeries(kept, this.#slabs.take());
    this.#bounds.enter(kept);
    this.#tree.set(kept, series);
    this.series.push(series);
    for (const { pages } of this.#followers) pages.add(series);
    return series;
  }

  /** Ends the series of a set of values; another of the same values begins at zero. */
  drop(values: readonly string[]): void {
    const series = this.#tree.get(values);
    if (!series) return;
    this.#tree.delete(values);
    this.#bounds.leave(values);
    this.series.splice(this.series.indexOf(series), 1);
    for (const { pages } of this.#followers) pages.remove(series);
    series.detach();
    this.#slabs.giveBack(series.place);
    this.generation++;
  }

  /** Ends the series of a set of labels; unknown ones are none of our business. */
  remove(labels: Readonly<Record<string, unknown>> = {}): void {
    this.drop(this.labelNames.map((name) => textOf(labels[name])));
  }

  /** Sets all series to zero. They stay: whoever holds one goes on counting with it. */
  reset(): void {
    for (const slab of this.slabs) slab.fill(0);
    for (const series of this.series) {
      if (series.exemplars === undefined) continue;
      series.exemplars = undefined;
      series.exemplarChanges++;
    }
  }
}
