import type { LabelName, LabelValue } from "@watchkeeper/catalogue/labels";
import type { Counter, Gauge, Histogram, Metric } from "@watchkeeper/catalogue/metric";
import * as prom from "prom-client";
import { closedCombinations, createLabelGuard } from "./label-guard.ts";

export type LabelsOf<L extends LabelName> = { readonly [Name in L]: LabelValue<Name> };

export interface CounterHandle<L extends LabelName> {
  inc(labels: LabelsOf<L>, by?: number): void;
  /** Ends a series for good: its labels' values make room for others. */
  remove(labels: LabelsOf<L>): void;
}

export interface GaugeHandle<L extends LabelName> {
  set(labels: LabelsOf<L>, value: number): void;
  inc(labels: LabelsOf<L>, by?: number): void;
  dec(labels: LabelsOf<L>, by?: number): void;
}

export interface HistogramHandle<L extends LabelName> {
  observe(labels: LabelsOf<L>, value: number): void;
  /** Ends a series for good: its labels' values make room for others. */
  remove(labels: LabelsOf<L>): void;
}

/** Called at every scrape. What it does not set is absent from that scrape. */
export type CollectGauge<L extends LabelName> = (
  set: (labels: LabelsOf<L>, value: number) => void,
) => void | Promise<void>;

/** Called at every scrape, for counts that something else keeps; gives what was added since the last. */
export type CollectCounter<L extends LabelName> = (inc: (labels: LabelsOf<L>, by: number) => void) => void;

/**
 * The metrics of one process: handles typed by the catalogue's definitions, over a registry of their own.
 *
 * A counter, gauge or histogram whose labels are all closed starts every combination at zero. A value of a bounded
 * label beyond what the catalogue allows is counted as `other`.
 */
export interface Metrics {
  readonly registry: prom.Registry;
  counter<L extends LabelName>(definition: Counter<string, L>, collect?: CollectCounter<L>): CounterHandle<L>;
  /** With `collect` the gauge holds exactly what `collect` set: nothing starts at zero and nothing stale stays. */
  gauge<L extends LabelName>(definition: Gauge<string, L>, collect?: CollectGauge<L>): GaugeHandle<L>;
  histogram<L extends LabelName>(definition: Histogram<string, L>): HistogramHandle<L>;
}

export interface MetricsHooks {
  /** A bounded label has reached its bound (once per label). */
  readonly onLabelOverflow?: (label: LabelName) => void;
  /** A gauge's `collect` failed or took longer than `COLLECT_TIMEOUT_MS`: its series is absent from this scrape. */
  readonly onCollectError?: (metric: string, error: unknown) => void;
}

/** A scrape times out after 10 s by default; one slow collection must not cost the others. */
export const COLLECT_TIMEOUT_MS = 2_000;

type Stored = Record<string, string>;

async function collectWithin(work: void | Promise<void>, timeoutMs: number): Promise<void> {
  if (!work) return;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${timeoutMs} ms`)), timeoutMs);
  });
  await Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}

/** Creates an empty set of metrics. Nothing is registered anywhere else. */
export function createMetrics(hooks: MetricsHooks = {}): Metrics {
  const registry = new prom.Registry();
  const guard = createLabelGuard((label) => hooks.onLabelOverflow?.(label));

  const store = (labels: Readonly<Record<string, string>>): Stored => {
    const stored: Stored = {};
    for (const name in labels) stored[name] = guard.write(name as LabelName, labels[name] ?? "");
    return stored;
  };
  const forget = (labels: Readonly<Record<string, string>>): void => {
    for (const name in labels) guard.forget(name as LabelName, labels[name] ?? "");
  };
  const configure = ({ name, help, labels }: Metric) => ({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
  });
  const startAtZero = (metric: { labels: readonly LabelName[] }, zero: (labels: Stored) => void): void =>
    closedCombinations(metric.labels).forEach(zero);

  return {
    registry,

    counter(definition, collect) {
      const counter = new prom.Counter({
        ...configure(definition),
        ...(collect && { collect: () => collect((labels, by) => counter.inc(store(labels), by)) }),
      });
      startAtZero(definition, (labels) => counter.inc(labels, 0));
      return {
        inc: (labels, by = 1) => counter.inc(store(labels), by),
        remove: (labels) => {
          counter.remove(store(labels));
          forget(labels);
        },
      };
    },

    gauge(definition, collect) {
      const refresh = async (gauge: prom.Gauge): Promise<void> => {
        const found: [Stored, number][] = [];
        try {
          await collectWithin(
            collect?.((labels, value) => void found.push([store(labels), value])),
            COLLECT_TIMEOUT_MS,
          );
        } catch (error) {
          found.length = 0;
          hooks.onCollectError?.(definition.name, error);
        }
        clear(gauge, definition);
        for (const [labels, value] of found) gauge.set(labels, value);
      };
      const gauge: prom.Gauge = new prom.Gauge({
        ...configure(definition),
        ...(collect && { collect: () => refresh(gauge) }),
      });
      if (collect) clear(gauge, definition);
      else startAtZero(definition, (labels) => gauge.set(labels, 0));
      return {
        set: (labels, value) => gauge.set(store(labels), value),
        inc: (labels, by = 1) => gauge.inc(store(labels), by),
        dec: (labels, by = 1) => gauge.dec(store(labels), by),
      };
    },

    histogram(definition) {
      const histogram = new prom.Histogram({
        ...configure(definition),
        buckets: [...definition.buckets],
      });
      startAtZero(definition, (labels) => histogram.zero(labels));
      return {
        observe: (labels, value) => histogram.observe(store(labels), value),
        remove: (labels) => {
          histogram.remove(store(labels));
          forget(labels);
        },
      };
    },
  };
}

/** `reset` alone leaves a gauge without labels at 0, which would be a reading that nobody took. */
function clear(gauge: prom.Gauge, definition: Metric): void {
  gauge.reset();
  if (definition.labels.length === 0) gauge.remove({});
}
