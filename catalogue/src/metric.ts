import { type LabelName, labels } from "./labels.ts";
import type { ServiceName } from "./services.ts";

/** The unit of a metric's value; its name says so where Prometheus' conventions ask for it. */
export type Unit = "seconds" | "bytes" | "ratio" | "timestamp_seconds" | "cores" | "items";

interface MetricBase<Name extends string, Label extends LabelName> {
  readonly name: Name;
  /** One sentence without a full stop: the HELP line, the panel's description, the documentation. */
  readonly help: string;
  readonly unit: Unit;
  readonly labels: readonly Label[];
  /** The services whose `/metrics` carries it. */
  readonly emittedBy: readonly ServiceName[];
}

export interface Counter<Name extends string = string, Label extends LabelName = LabelName>
  extends MetricBase<Name, Label> {
  readonly type: "counter";
}

export interface Gauge<Name extends string = string, Label extends LabelName = LabelName>
  extends MetricBase<Name, Label> {
  readonly type: "gauge";
}

export interface Histogram<
  Name extends string = string,
  Label extends LabelName = LabelName,
  Edge extends number = number,
> extends MetricBase<Name, Label> {
  readonly type: "histogram";
  /** Upper bucket edges in the metric's unit, ascending, without +Inf. */
  readonly buckets: readonly Edge[];
}

export type Metric<Name extends string = string, Label extends LabelName = LabelName> =
  | Counter<Name, Label>
  | Gauge<Name, Label>
  | Histogram<Name, Label>;

type Definition<M extends { readonly type: string }> = Omit<M, "type">;

const UNIT_SUFFIX: Partial<Record<Unit, string>> = {
  seconds: "_seconds",
  bytes: "_bytes",
  timestamp_seconds: "_timestamp_seconds",
  cores: "_cores",
};

/** @throws Error when the name or the labels break Prometheus' or our own conventions. */
function check<M extends Metric>(metric: M): M {
  const refuse = (reason: string): never => {
    throw new Error(`Cannot define metric "${metric.name}" as ${reason}`);
  };
  if (!/^[a-z][a-z0-9_]*$/.test(metric.name)) refuse("its name must be snake_case");
  const stem = metric.type === "counter" ? metric.name.replace(/_total$/, "") : metric.name;
  if (metric.type === "counter" && stem === metric.name) refuse("a counter's name must end in _total");
  const suffix = UNIT_SUFFIX[metric.unit];
  if (suffix && !stem.endsWith(suffix)) refuse(`its unit is ${metric.unit}: its name must end in ${suffix}`);
  if (metric.help.endsWith(".")) refuse("its help must not end in a full stop");
  if (new Set(metric.labels).size !== metric.labels.length) refuse("it names a label twice");
  for (const label of metric.labels) {
    if (!(label in labels)) refuse(`label "${label}" is not in the catalogue's labels`);
  }
  if (metric.type === "histogram") {
    const ascending = metric.buckets.every((edge, i) => i === 0 || edge > (metric.buckets[i - 1] ?? 0));
    if (metric.buckets.length === 0 || !ascending) refuse("its bucket edges must be ascending");
  }
  return Object.freeze(metric);
}

/** Defines a counter. @throws Error that names the metric and the broken convention. */
export const defineCounter = <const Name extends string, const Label extends LabelName>(
  definition: Definition<Counter<Name, Label>>,
): Counter<Name, Label> => check({ type: "counter", ...definition });

/** Defines a gauge. @throws Error that names the metric and the broken convention. */
export const defineGauge = <const Name extends string, const Label extends LabelName>(
  definition: Definition<Gauge<Name, Label>>,
): Gauge<Name, Label> => check({ type: "gauge", ...definition });

/** Defines a histogram; its edges become part of its type. @throws Error that names the broken convention. */
export const defineHistogram = <
  const Name extends string,
  const Label extends LabelName,
  const Edge extends number,
>(
  definition: Definition<Histogram<Name, Label, Edge>>,
): Histogram<Name, Label, Edge> => check({ type: "histogram", ...definition });
