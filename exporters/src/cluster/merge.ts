import type { ForeignMetric, ShownMetric } from "../scrape/expose.ts";
import type { ExpositionFormat } from "../scrape/format.ts";
import { adaptForeign } from "../scrape/head.ts";
import { textOfNumber } from "../series/digits.ts";
import type { Aggregator } from "../series/exposed.ts";
import { escapeHelp, renderLabels } from "../series/label-text.ts";
import { LabelTree } from "../series/label-tree.ts";
import { type PagedMetric, type PagedSeries, Pages } from "../series/page.ts";
import { createShape, type Shape, type ShapeOptions } from "../series/shape.ts";

/** What a worker says of one metric. */
export interface FamilyReport {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: Aggregator;
  readonly labelNames: readonly string[];
  /** Undefined for prom-client's own, whose series are lines: their name, then each label's name and value. */
  readonly shape: ShapeOptions | undefined;
  /** Whether `series` is all of them, or those since the last report. */
  readonly anew: boolean;
  readonly series: readonly (readonly string[])[];
  /** Of all series, in their order. As JSON it arrives as an object of its elements. */
  readonly numbers: Float64Array | Readonly<Record<string, number>>;
}

/** What is known of one metric of one worker. */
interface Known {
  readonly report: FamilyReport;
  readonly series: (readonly string[])[];
  numbers: Float64Array;
}

const numbersOf = (numbers: FamilyReport["numbers"]): Float64Array =>
  numbers instanceof Float64Array ? numbers : Float64Array.from(Object.values(numbers));

interface MergedSeries extends PagedSeries {
  /** How many workers have it in this merge. */
  workers: number;
}

const JOIN: Readonly<Record<Aggregator, (a: number, b: number, workers: number) => number>> = {
  sum: (a, b) => a + b,
  first: (a) => a,
  min: Math.min,
  max: Math.max,
  average: (a, b, workers) => a + (b - a) / workers,
  omit: (a) => a,
};

/** One metric of all workers together. */
class Merged implements PagedMetric, ShownMetric {
  readonly exposedName: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: Aggregator;
  readonly labelNames: readonly string[];
  readonly shape: Shape;
  readonly pages: Pages;
  readonly isForeign: boolean;
  readonly #tree: Map<number, LabelTree<MergedSeries>> = new Map();
  #series: MergedSeries[] = [];

  constructor({ name, help, type, aggregator, labelNames, shape }: FamilyReport) {
    this.exposedName = name;
    this.help = help;
    this.type = type;
    this.aggregator = aggregator;
    this.labelNames = labelNames;
    this.isForeign = shape === undefined;
    this.shape = createShape(shape ?? { kind: "scalar", edges: [] });
    this.pages = new Pages(this);
  }

  begin(): void {
    for (const series of this.#series) {
      series.slab.fill(0);
      series.workers = 0;
    }
  }

  add(values: readonly string[], numbers: Float64Array): void {
    const series = this.#seriesOf(values);
    series.workers++;
    if (series.workers === 1) series.slab.set(numbers);
    else {
      const join = JOIN[this.type === "gauge" ? this.aggregator : "sum"];
      for (let i = 0; i < numbers.length; i++) {
        series.slab[i] = join(series.slab[i] as number, numbers[i] as number, series.workers);
      }
    }
  }

  /** What no worker has any more goes. */
  end(): void {
    const gone = this.#series.filter(({ workers }) => workers === 0);
    if (gone.length === 0) return;
    for (const series of gone) {
      this.pages.remove(series);
      this.#tree.get(series.values.length)?.delete(series.values);
    }
    this.#series = this.#series.filter(({ workers }) => workers > 0);
  }

  /** Lines of prom-client's own metric, as it would render them. */
  renderForeign(): string {
    const lines = this.#series.map(({ values: [name, ...pairs], slab }) => {
      const names = pairs.filter((_, i) => i % 2 === 0);
      const labels = renderLabels(
        names,
        pairs.filter((_, i) => i % 2 === 1),
      );
      return `${name}${labels === "" ? "" : `{${labels}}`} ${textOfNumber(slab[0] ?? 0)}`;
    });
    const { exposedName, help, type } = this;
    return [`# HELP ${exposedName} ${escapeHelp(help)}`, `# TYPE ${exposedName} ${type}`, ...lines].join(
      "\n",
    );
  }

  /** All series and their numbers, one after the other. */
  all(): { series: (readonly string[])[]; numbers: Float64Array } {
    const { stride } = this.shape;
    const numbers = new Float64Array(this.#series.length * stride);
    this.#series.forEach(({ slab }, i) => void numbers.set(slab, i * stride));
    return { series: this.#series.map(({ values }) => values), numbers };
  }

  #seriesOf(values: readonly string[]): MergedSeries {
    let tree = this.#tree.get(values.length);
    if (!tree) {
      tree = new LabelTree(values.length);
      this.#tree.set(values.length, tree);
    }
    const existing = tree.get(values);
    if (existing) return existing;
    const series = { values, slab: new Float64Array(this.shape.stride), offset: 0, workers: 0 };
    tree.set(values, series);
    this.#series.push(series);
    if (!this.isForeign) this.pages.add(series);
    return series;
  }
}

/** Adds up what the workers of a cluster report. */
export interface Merger {
  report(worker: number, reports: readonly FamilyReport[]): void;
  /** The worker has ended: its counts stay, its gauges go. */
  leave(worker: number): void;
  merge(format: ExpositionFormat): readonly (ShownMetric | ForeignMetric)[];
}

/** Under which the counts of workers that have ended are kept. */
const DEPARTED = -1;

export function createMerger(): Merger {
  const workers = new Map<number, Map<string, Known>>();
  const merged = new Map<string, Merged>();

  const familiesOf = (worker: number): Map<string, Known> => {
    const existing = workers.get(worker) ?? new Map<string, Known>();
    workers.set(worker, existing);
    return existing;
  };

  function each(known: Known, visit: (values: readonly string[], numbers: Float64Array) => void): void {
    const stride = known.series.length === 0 ? 0 : known.numbers.length / known.series.length;
    known.series.forEach((values, i) => {
      visit(values, known.numbers.subarray(i * stride, (i + 1) * stride));
    });
  }

  /** The sums of those who have ended, with one more. */
  function depart({ report, ...known }: Known): void {
    const departed = familiesOf(DEPARTED);
    const sum = new Merged(report);
    for (const one of [departed.get(report.name), { report, ...known }]) {
      if (one) each(one, (values, numbers) => sum.add(values, numbers));
    }
    departed.set(report.name, { report, ...sum.all() });
  }

  return {
    report(worker, reports) {
      const families = familiesOf(worker);
      for (const report of reports) {
        const before = report.anew ? undefined : families.get(report.name);
        const series = [...(before?.series ?? []), ...report.series];
        families.set(report.name, { report, series, numbers: numbersOf(report.numbers) });
      }
    },

    leave(worker) {
      for (const known of workers.get(worker)?.values() ?? []) {
        if (known.report.type !== "gauge") depart(known);
      }
      workers.delete(worker);
    },

    merge(format) {
      for (const metric of merged.values()) metric.begin();
      for (const families of workers.values()) {
        for (const [name, known] of families) {
          if (known.report.aggregator === "omit") continue;
          const metric = merged.get(name) ?? new Merged(known.report);
          merged.set(name, metric);
          each(known, (values, numbers) => metric.add(values, numbers));
        }
      }
      for (const metric of merged.values()) metric.end();
      return [...merged.values()].map((metric) =>
        metric.isForeign ? () => adaptForeign(metric.renderForeign(), format) : metric,
      );
    },
  };
}
