import type { ForeignMetric } from "@watchkeeper/catalogue/external";
import type { LabelName, LabelValue } from "@watchkeeper/catalogue/labels";
import type { Counter, Gauge, Histogram } from "@watchkeeper/catalogue/metric";
import type { ServiceName } from "@watchkeeper/catalogue/services";
import type { Moment } from "./world/world.ts";

/** A Prometheus job: a service, or the probes from outside. */
export type Job = ServiceName | "probe";

export type Labels = Readonly<Record<string, string>>;

/** A number for each moment; undefined where there is no sample. */
export type Over = (moment: Moment) => number | undefined;

interface Named {
  readonly name: string;
  readonly job: Job;
  readonly labels: Labels;
}

/** How one series went, in the unit of its metric. */
export interface Line extends Named {
  readonly kind: "gauge" | "counter";
  /** A gauge's value, or what a counter gains a second. */
  readonly over: Over;
  /** A counter of whole events shows no halves. */
  readonly isWhole: boolean;
}

/** How the events of a histogram went, which all its series count. */
export interface Spread extends Named, Durations {
  readonly kind: "histogram";
  readonly buckets: readonly number[];
}

export type Shape = Line | Spread;

type LabelsOf<Label extends string> = {
  readonly [Name in Label]: Name extends LabelName ? LabelValue<Name> : string;
};

const isWhole = ({ unit }: { readonly unit: string }): boolean => unit !== "seconds" && unit !== "cores";

/** A gauge, by job; the labels are checked by the compiler. */
export const level = <Label extends LabelName>(
  metric: Gauge<string, Label> | ForeignMetric<Label>,
  job: Job,
  labels: LabelsOf<Label>,
  over: Over,
): Shape => ({ name: metric.name, job, labels, kind: "gauge", over, isWhole: false });

/** A counter, by what it gains a second. */
export const growth = <Label extends LabelName>(
  metric: Counter<string, Label> | ForeignMetric<Label>,
  job: Job,
  labels: LabelsOf<Label>,
  over: Over,
): Shape => ({ name: metric.name, job, labels, kind: "counter", over, isWhole: isWhole(metric) });

/** The same for series of foreign exporters, whose labels are their authors'. */
export const foreignLevel = (metric: ForeignMetric<string>, job: Job, labels: Labels, over: Over): Shape => ({
  name: metric.name,
  job,
  labels,
  kind: "gauge",
  over,
  isWhole: false,
});
export const foreignGrowth = (
  metric: ForeignMetric<string>,
  job: Job,
  labels: Labels,
  over: Over,
): Shape => ({
  name: metric.name,
  job,
  labels,
  kind: "counter",
  over,
  isWhole: isWhole(metric),
});

export interface Durations {
  /** Events a second. */
  readonly rate: Over;
  /** What half of them take at most, in seconds, on a usual day. */
  readonly half: number;
  /** How little they differ: the share over `n` times the half is 1 in 1 + n to this power; 2 is a long tail. */
  readonly evenness?: number;
  /** A counter of the same events under the same labels. */
  readonly counted?: Counter;
}

/** All series of a histogram under the same labels. */
export const durations = <Label extends LabelName>(
  metric: Histogram<string, Label>,
  job: Job,
  labels: LabelsOf<Label>,
  of: Durations,
): Shape => ({ kind: "histogram", name: metric.name, buckets: metric.buckets, job, labels, ...of });

/** What the values of a histogram add up to, by how much a second: for boards that ask for nothing else of it. */
export const sumGrowth = <Label extends LabelName>(
  metric: Histogram<string, Label>,
  job: Job,
  labels: LabelsOf<Label>,
  over: Over,
): Shape => ({ name: `${metric.name}_sum`, job, labels, kind: "counter", over, isWhole: isWhole(metric) });
