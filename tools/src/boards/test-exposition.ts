import { type LabelName, labels } from "@watchkeeper/catalogue/labels";
import type { Metric } from "@watchkeeper/catalogue/metric";
import { metricsOf } from "@watchkeeper/catalogue/metrics/all";
import type { ServiceName } from "@watchkeeper/catalogue/services";

/** Some values of labels whose values are known only at run time. */
const SOME: Partial<Record<LabelName, readonly string[]>> = {
  route: ["/api/employees", "/api/employees/:id", "/api/login"],
  status: ["200", "302", "404", "500"],
  query: ["find-employees", "update-employee"],
  metric: ["http_request_duration_seconds"],
  redis_command: ["get"],
  tenant: ["northlight", "other"],
  version: ["0.1.0"],
  node_version: ["20.20.2"],
};

function valuesOf(name: LabelName): readonly string[] {
  const label = labels[name];
  if (label.kind === "closed") return label.values;
  const some = SOME[name];
  if (!some) throw new Error(`Cannot make a series of label "${name}" as the test knows no value of it`);
  return some;
}

const combinations = (names: readonly LabelName[]): readonly string[][] =>
  names.reduce<readonly string[][]>(
    (sets, name) => sets.flatMap((set) => valuesOf(name).map((value) => [...set, `${name}="${value}"`])),
    [[]],
  );

const line = (name: string, labelSet: readonly string[], value: number): string =>
  `${name}${labelSet.length === 0 ? "" : `{${labelSet.join(",")}}`} ${value}`;

/** A plausible value of a gauge, by its unit. */
function gaugeValue({ unit }: Metric, nowMs: number): number {
  switch (unit) {
    case "timestamp_seconds":
      return nowMs / 1_000 - 30;
    case "seconds":
      return 0.012;
    case "bytes":
      return 120 * 1024 * 1024;
    case "ratio":
      return 0.5;
    default:
      return 1;
  }
}

/** Half of all events in the lower half of the buckets, every one by the last but one. */
function histogramLines(
  metric: Extract<Metric, { type: "histogram" }>,
  set: readonly string[],
  events: number,
) {
  const edges = metric.buckets.map((edge, i) =>
    line(
      `${metric.name}_bucket`,
      [...set, `le="${edge}"`],
      Math.min(1, (i + 1) / (metric.buckets.length - 1)) * events,
    ),
  );
  return [
    ...edges,
    line(`${metric.name}_bucket`, [...set, 'le="+Inf"'], events),
    line(`${metric.name}_count`, set, events),
    line(`${metric.name}_sum`, set, events * (metric.buckets[2] ?? 0)),
  ];
}

/** What a service's `/metrics` says after it has worked for a while: every metric and label set of the catalogue. */
export function exposition(service: ServiceName, startedMs: number, nowMs: number): string {
  const events = 1_000 + Math.floor((nowMs - startedMs) / 100);
  return metricsOf(service)
    .flatMap((metric) => [
      `# TYPE ${metric.name} ${metric.type}`,
      ...combinations(metric.labels).flatMap((set) => {
        if (metric.type === "histogram") return histogramLines(metric, set, events);
        return [line(metric.name, set, metric.type === "counter" ? events : gaugeValue(metric, nowMs))];
      }),
    ])
    .concat("")
    .join("\n");
}
