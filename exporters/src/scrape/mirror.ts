import type { Exposed } from "../series/exposed.ts";
import { type PagedMetric, type PagedSeries, Pages } from "../series/page.ts";
import type { Exemplar, Series } from "../series/series.ts";
import { createShape, type Shape, type ShapeOptions } from "../series/shape.ts";
import type { ShownMetric } from "./expose.ts";

/** One series as another thread must know it: whose it is and where its numbers are. */
export interface SeriesNote {
  readonly values: readonly string[];
  readonly slab: number;
  readonly offset: number;
}

/** The exemplars of a series, whose place is that in all series of its metric. */
export interface ExemplarNote {
  readonly at: number;
  readonly exemplars: readonly (Exemplar | undefined)[];
}

/** What has come to a metric since the last note about it. Plain data: it is sent to another thread. */
export interface MetricNote {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
  readonly shape: ShapeOptions;
  /** Forget what was known of its series. */
  readonly anew: boolean;
  readonly slabs: readonly Float64Array[];
  readonly series: readonly SeriesNote[];
  readonly exemplars: readonly ExemplarNote[];
}

/**
 * Writes notes about metrics whose numbers lie in shared memory: each says only what is new. Exemplars are no numbers and
 * travel with the notes; buckets alone have them.
 */
export function createNoteTaker(): (metrics: readonly Exposed[]) => readonly MetricNote[] {
  const carried = new WeakMap<Series, number>();
  const newExemplars = (metric: Exposed, anew: boolean): readonly ExemplarNote[] =>
    metric.shape.edgeOf(0) === undefined
      ? []
      : metric.series.flatMap((series, at) => {
          const { exemplars = [], exemplarChanges: changes } = series;
          if (changes === (anew ? 0 : (carried.get(series) ?? 0))) return [];
          carried.set(series, changes);
          return [{ at, exemplars }];
        });
  const known = new Map<Exposed, { generation: number; series: number; slabs: number }>();

  function note(metric: Exposed): readonly MetricNote[] {
    const before = known.get(metric);
    const anew = before?.generation !== metric.generation;
    const [seriesBefore, slabsBefore] = before && !anew ? [before.series, before.slabs] : [0, 0];
    const exemplars = newExemplars(metric, anew);
    const isSame = !anew && seriesBefore === metric.series.length && exemplars.length === 0;
    if (isSame) return [];
    known.set(metric, {
      generation: metric.generation,
      series: metric.series.length,
      slabs: metric.slabs.length,
    });
    return [
      {
        name: metric.exposedName,
        help: metric.help,
        type: metric.type,
        labelNames: metric.labelNames,
        shape: metric.shapeOptions,
        anew,
        slabs: metric.slabs.slice(slabsBefore),
        series: metric.series
          .slice(seriesBefore)
          .map(({ values, place }) => ({ values, slab: place.slabId, offset: place.offset })),
        exemplars,
      },
    ];
  }
  return (metrics) => metrics.flatMap(note);
}

/** A metric of another thread, read where it lies. */
class Mirror implements PagedMetric, ShownMetric {
  readonly exposedName: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
  readonly shape: Shape;
  pages = new Pages(this);
  #slabs: Float64Array[] = [];
  #series: (PagedSeries & { exemplars?: ExemplarNote["exemplars"] })[] = [];

  constructor({ name, help, type, labelNames, shape }: MetricNote) {
    this.exposedName = name;
    this.help = help;
    this.type = type;
    this.labelNames = labelNames;
    this.shape = createShape(shape);
  }

  apply({ anew, slabs, series, exemplars }: MetricNote): void {
    if (anew) {
      this.pages = new Pages(this);
      this.#slabs = [];
      this.#series = [];
    }
    this.#slabs.push(...slabs);
    for (const { values, slab, offset } of series) {
      const numbers = this.#slabs[slab];
      if (!numbers) continue;
      const mirrored = { values, slab: numbers, offset };
      this.#series.push(mirrored);
      this.pages.add(mirrored);
    }
    for (const { at, exemplars: shown } of exemplars) {
      const mirrored = this.#series[at];
      if (mirrored) mirrored.exemplars = shown;
    }
  }
}

/** Metrics of another thread. */
export interface Mirrors {
  readonly metrics: readonly ShownMetric[];
  apply(notes: readonly MetricNote[]): void;
}

export function createMirrors(): Mirrors {
  const mirrors = new Map<string, Mirror>();
  return {
    get metrics() {
      return [...mirrors.values()];
    },
    apply(notes) {
      for (const note of notes) {
        const mirror = mirrors.get(note.name) ?? new Mirror(note);
        mirrors.set(note.name, mirror);
        mirror.apply(note);
      }
    },
  };
}
