import { labels as catalogueLabels, type LabelName, type LabelValue } from "@watchkeeper/catalogue/labels";
import type { Counter, Gauge, Histogram, Metric } from "@watchkeeper/catalogue/metric";
import { metricOverflowsTotal } from "@watchkeeper/catalogue/metrics/exporter";
import { Registry } from "prom-client";
import { collectWithin } from "./collect.ts";
import { Counter as CounterFamily, type CounterSeries } from "./series/counter.ts";
import type { FamilyOptions } from "./series/family.ts";
import { Gauge as GaugeFamily, type GaugeSeries } from "./series/gauge.ts";
import { Histogram as HistogramFamily, type HistogramSeries } from "./series/histogram.ts";
import { ObservationCount } from "./series/observation-count.ts";
import type { Exemplar } from "./series/series.ts";
import { closedCombinations } from "./zero.ts";

export type LabelsOf<L extends LabelName> = { readonly [Name in L]: LabelValue<Name> };

export interface CounterHandle<L extends LabelName> {
  inc(labels: LabelsOf<L>, by?: number): void;
  /** The series of these labels, to be kept by who counts often. */
  series(labels: LabelsOf<L>): CounterSeries;
  /** Ends a series for good: its labels' values make room for others. */
  remove(labels: LabelsOf<L>): void;
}

export interface GaugeHandle<L extends LabelName> {
  set(labels: LabelsOf<L>, value: number): void;
  inc(labels: LabelsOf<L>, by?: number): void;
  dec(labels: LabelsOf<L>, by?: number): void;
  /** The series of these labels, to be kept by who sets it often. */
  series(labels: LabelsOf<L>): GaugeSeries;
}

export interface HistogramHandle<L extends LabelName> {
  /** @param example where this observation can be seen in full, such as `{ trace_id: "4bf9…" }` */
  observe(labels: LabelsOf<L>, value: number, example?: Exemplar["labels"]): void;
  /** The series of these labels, to be kept by who observes often. */
  series(labels: LabelsOf<L>): HistogramSeries;
  /** Ends a series for good: its labels' values make room for others. */
  remove(labels: LabelsOf<L>): void;
  /** Exports how often anything was observed as a counter too; it costs nothing to keep. */
  countAs(definition: Counter<string, L>): void;
}

/** Called at every scrape. What it does not set is absent from that scrape. */
export type CollectGauge<L extends LabelName> = (
  set: (labels: LabelsOf<L>, value: number) => void,
) => void | Promise<void>;

/** Called at every scrape, for counts that something else keeps; gives what was added since the last. */
export type CollectCounter<L extends LabelName> = (
  inc: (labels: LabelsOf<L>, by: number) => void,
) => void | Promise<void>;

/**
 * The metrics of one process: handles typed by the catalogue's definitions, in a registry.
 *
 * A counter, gauge or histogram whose labels are all closed starts every combination at zero. What has no room any
 * more, in a label or in a metric, is counted as `other`.
 */
export interface Metrics {
  /** prom-client's own metrics can be registered in it too. */
  readonly registry: Registry;
  /** Whether other threads can read the numbers. */
  readonly shared: boolean;
  counter<L extends LabelName>(definition: Counter<string, L>, collect?: CollectCounter<L>): CounterHandle<L>;
  /** With `collect` the gauge holds exactly what `collect` set: nothing starts at zero and nothing stale stays. */
  gauge<L extends LabelName>(definition: Gauge<string, L>, collect?: CollectGauge<L>): GaugeHandle<L>;
  histogram<L extends LabelName>(definition: Histogram<string, L>): HistogramHandle<L>;
}

export interface MetricsOptions {
  /** Where everything is registered; a registry of its own unless said. */
  readonly registry?: Registry;
  /** Keeps numbers where a worker thread can read them: see `startScrapeWorker`. */
  readonly shared?: boolean;
  /** Something had no room and was counted as `other` (once per metric; `metric_overflows_total` counts on). */
  readonly onOverflow?: (metric: string) => void;
  /** A `collect` failed or took longer than `COLLECT_TIMEOUT_MS`: its gauge is absent from this scrape. */
  readonly onCollectError?: (metric: string, error: unknown) => void;
}

const boundOf = (name: LabelName) => {
  const label = catalogueLabels[name];
  return label.kind === "closed" ? { values: label.values } : { maxValues: label.maxValues };
};

const isBounded = ({ labels }: Metric): boolean =>
  labels.some((name) => catalogueLabels[name].kind === "bounded");

/** Creates an empty set of metrics. Nothing is registered anywhere else. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const { registry = new Registry(), shared = false } = options;
  let overflows: CounterFamily | undefined;

  /** Begins at zero for each metric that can overflow, and is not there while none can. */
  function watchOverflows(metric: string): () => void {
    overflows ??= new CounterFamily(configure(metricOverflowsTotal));
    const series = overflows.labels({ metric });
    return () => {
      if (series.slab[series.offset] === 0) options.onOverflow?.(metric);
      series.inc();
    };
  }

  function configure(definition: Metric): FamilyOptions {
    const { name, help, labels } = definition;
    const isWatched = definition !== metricOverflowsTotal && isBounded(definition);
    return {
      name,
      help,
      labelNames: labels,
      labelBounds: labels.map(boundOf),
      registers: [registry],
      shared,
      ...(isWatched && { onOverflow: watchOverflows(name) }),
    };
  }

  async function collectSafely(name: string, collect: () => void | Promise<void>): Promise<boolean> {
    try {
      await collectWithin(collect());
      return true;
    } catch (error) {
      options.onCollectError?.(name, error);
      return false;
    }
  }

  return {
    registry,
    shared,

    counter(definition, collect) {
      const counter: CounterFamily = new CounterFamily({
        ...configure(definition),
        ...(collect && {
          collect: async () =>
            void (await collectSafely(definition.name, () =>
              collect((labels, by) => counter.inc(labels, by)),
            )),
        }),
      });
      for (const labels of closedCombinations(definition.labels)) counter.labels(labels);
      return {
        inc: (labels, by = 1) => counter.find(labels).inc(by),
        series: (labels) => counter.find(labels),
        remove: (labels) => counter.remove(labels),
      };
    },

    gauge(definition, collect) {
      type Labels = Parameters<Parameters<NonNullable<typeof collect>>[0]>[0];
      async function refresh(collectGauge: NonNullable<typeof collect>): Promise<void> {
        const found: [Labels, number][] = [];
        const isWhole = await collectSafely(definition.name, () =>
          collectGauge((labels, value) => void found.push([labels, value])),
        );
        const series = new Set<GaugeSeries>();
        for (const [labels, value] of isWhole ? found : []) {
          const one = gauge.find(labels);
          one.set(value);
          series.add(one);
        }
        for (const one of [...gauge.series]) if (!series.has(one)) gauge.drop(one.values);
      }
      const gauge: GaugeFamily = new GaugeFamily({
        ...configure(definition),
        ...(collect && { collect: () => refresh(collect) }),
      });
      // A gauge without labels begins at 0, which would be a reading that nobody took.
      if (collect) gauge.remove();
      else for (const labels of closedCombinations(definition.labels)) gauge.labels(labels);
      return {
        set: (labels, value) => gauge.find(labels).set(value),
        inc: (labels, by = 1) => gauge.find(labels).inc(by),
        dec: (labels, by = 1) => gauge.find(labels).dec(by),
        series: (labels) => gauge.find(labels),
      };
    },

    histogram(definition) {
      const histogram = new HistogramFamily({ ...configure(definition), buckets: definition.buckets });
      for (const labels of closedCombinations(definition.labels)) histogram.zero(labels);
      return {
        observe: (labels, value, example) =>
          example
            ? histogram.find(labels).observeExample(value, example)
            : histogram.find(labels).observe(value),
        series: (labels) => histogram.find(labels),
        remove: (labels) => histogram.remove(labels),
        countAs: ({ name, help }) =>
          void new ObservationCount(histogram, { name, help, registers: [registry] }),
      };
    },
  };
}
