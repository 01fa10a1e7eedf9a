import type { Registry } from "../scrape/expose.ts";
import { type CompatibleMetric, Exposed } from "../series/exposed.ts";
import type { FamilyReport } from "./merge.ts";

/** All numbers of a metric's series, one after the other. */
function numbersOf(metric: Exposed): Float64Array {
  const { stride } = metric.shape;
  const numbers = new Float64Array(metric.series.length * stride);
  metric.series.forEach(({ slab, offset }, i) => {
    numbers.set(slab.subarray(offset, offset + stride), i * stride);
  });
  return numbers;
}

/** A metric of prom-client's own, each of whose lines is a series of one number. */
async function reportForeign(metric: object): Promise<readonly FamilyReport[]> {
  const { name, help, type, aggregator, values } = await (
    metric as { get(): CompatibleMetric | Promise<CompatibleMetric> }
  ).get();
  const lines = values.map(({ labels, metricName }) => ({ name: metricName ?? name, labels }));
  return [
    {
      name,
      help,
      type,
      aggregator,
      labelNames: [],
      shape: undefined,
      anew: true,
      series: lines.map((line) => [line.name, ...Object.entries(line.labels).flat().map(String)]),
      numbers: Float64Array.from(values, ({ value }) => value),
    },
  ];
}

/** Makes reports of everything in a registry. Label sets are told once, numbers every time. */
export function createReporter(): (registry: Registry) => Promise<readonly FamilyReport[]> {
  const told = new Map<Exposed, { readonly generation: number; readonly series: number }>();

  function reportOwn(metric: Exposed): readonly FamilyReport[] {
    const before = told.get(metric);
    const anew = before?.generation !== metric.generation;
    told.set(metric, { generation: metric.generation, series: metric.series.length });
    return [
      {
        name: metric.exposedName,
        help: metric.help,
        type: metric.type,
        aggregator: metric.aggregator,
        labelNames: metric.labelNames,
        shape: metric.shapeOptions,
        anew,
        series: metric.series.slice(anew ? 0 : before?.series).map(({ values }) => values),
        numbers: numbersOf(metric),
      },
    ];
  }

  return async (registry) => {
    const reports = registry
      .getMetricsAsArray()
      .map((metric) => (metric instanceof Exposed ? reportOwn(metric) : reportForeign(metric)));
    return (await Promise.all(reports)).flat();
  };
}
