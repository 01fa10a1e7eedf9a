import type { Exposed } from "../series/exposed.ts";
import { type PagedMetric, Pages } from "../series/page.ts";
import { createShape, type Shape, type ShapeOptions } from "../series/shape.ts";
import type { ShownMetric } from "./expose.ts";

/** One series as another thread must know it: whose it is and where its numbers are. */
export interface SeriesNote {
  readonly values: readonly string[];
  readonly slab: number;
  readonly offset: number;
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
}

/** Writes notes about metrics whose numbers lie in shared memory: each says only what is new. */
export function createNoteTaker(): (metrics: readonly Exposed[]) => readonly MetricNote[] {
  const known = new Map<Exposed, { generation: number; series: number; slabs: number }>();

  function note(metric: Exposed): readonly MetricNote[] {
    const before = known.get(metric);
    const anew = before?.generation !== metric.generation;
    const [seriesBefore, slabsBefore] = before && !anew ? [before.series, before.slabs] : [0, 0];
    const isSame = !anew && seriesBefore === metric.series.length;
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

  constructor({ name, help, type, labelNames, shape }: MetricNote) {
    this.exposedName = name;
    this.help = help;
    this.type = type;
    this.labelNames = labelNames;
    this.shape = createShape(shape);
  }

  apply({ anew, slabs, series }: MetricNote): void {
    if (anew) {
      this.pages = new Pages(this);
      this.#slabs = [];
    }
    this.#slabs.push(...slabs);
    for (const { values, slab, offset } of series) {
      const numbers = this.#slabs[slab];
      if (numbers) this.pages.add({ values, slab: numbers, offset });
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
