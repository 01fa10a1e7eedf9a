import { Pages } from "./page.ts";
import type { Series } from "./series.ts";
import { createShape, type Shape, type ShapeOptions } from "./shape.ts";

export type MetricType = "counter" | "gauge" | "histogram";

/** How prom-client adds the values of several processes up. */
export type Aggregator = "sum" | "first" | "min" | "max" | "average" | "omit";

/** A registry of prom-client 15 or of one that followed it: all that is asked of it. */
export interface Registrar {
  registerMetric(metric: never): void;
}

export interface ExposedOptions {
  readonly name: string;
  readonly help: string;
  /** Where it is registered; nowhere unless said. */
  readonly registers?: readonly Registrar[];
  readonly aggregator?: Aggregator;
  /** Called before every scrape. */
  readonly collect?: () => void | Promise<void>;
}

/** One value as prom-client's registries hand it on. */
export interface CompatibleValue {
  readonly labels: Record<string, string>;
  readonly value: number;
  readonly metricName?: string;
}

/** A metric as prom-client's registries hand it on. */
export interface CompatibleMetric {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly aggregator: Aggregator;
  readonly values: CompatibleValue[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * A metric as a scrape sees it. It has what a registry of prom-client asks of a metric (`name`, `type`, `get`,
 * `getForPromString`, `reset`, `aggregator`), so that it lies in one beside prom-client's own.
 */
export abstract class Exposed<S extends Series = Series> {
  /** prom-client's registries for OpenMetrics take `_total` off it. */
  name: string;
  readonly exposedName: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labelNames: readonly string[];
  readonly aggregator: Aggregator;
  readonly shapeOptions: ShapeOptions;
  readonly shape: Shape;
  readonly pages: Pages;
  readonly collect: (() => void | Promise<void>) | undefined;

  /** @throws Error when a name breaks Prometheus' rules, or a registry has the metric already */
  constructor(type: MetricType, shape: ShapeOptions, labelNames: readonly string[], options: ExposedOptions) {
    const refuse = (reason: string): never => {
      throw new Error(`Cannot make metric "${options.name}" as ${reason}`);
    };
    if (!NAME.test(options.name)) refuse("its name is not one of Prometheus'");
    if (new Set(labelNames).size !== labelNames.length) refuse("it names a label twice");
    for (const label of labelNames) {
      if (!LABEL.test(label) || label === "le") refuse(`no label may be named "${label}"`);
    }
    this.name = options.name;
    this.exposedName = options.name;
    this.help = options.help;
    this.type = type;
    this.labelNames = labelNames;
    this.aggregator = options.aggregator ?? "sum";
    this.collect = options.collect;
    this.shapeOptions = shape;
    this.shape = createShape(shape);
    this.pages = new Pages(this);
    for (const registry of options.registers ?? []) registry.registerMetric(this as never);
  }

  abstract readonly series: readonly S[];
  /** All numbers of all series. */
  abstract readonly slabs: readonly Float64Array[];
  /** Grows when a series has ended: whoever numbers them must begin anew. */
  abstract readonly generation: number;
  abstract reset(): void;

  labelsOf(series: Series): Record<string, string> {
    const labels: Record<string, string> = {};
    this.labelNames.forEach((name, i) => {
      const value = series.values[i] ?? "";
      if (value !== "") labels[name] = value;
    });
    return labels;
  }

  /** All values, as prom-client's registries ask for them. */
  async get(): Promise<CompatibleMetric> {
    await this.collect?.();
    const { shape, name, help, type, aggregator } = this;
    const into = new Float64Array(shape.lines);
    const values = this.series.flatMap((series) => {
      shape.read(series.slab, series.offset, into);
      const labels = this.labelsOf(series);
      return Array.from(into, (value, line): CompatibleValue => {
        const le = shape.edgeOf(line);
        const suffix = shape.suffixOf(line);
        return {
          labels: le === undefined ? labels : { le, ...labels },
          value,
          ...(suffix !== "" && { metricName: `${this.exposedName}${suffix}` }),
        };
      });
    });
    return { name, help, type, aggregator, values };
  }

  getForPromString(): Promise<CompatibleMetric> {
    return this.get();
  }
}
