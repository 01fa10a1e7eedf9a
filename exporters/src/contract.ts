import { labels as catalogueLabels } from "@watchkeeper/catalogue/labels";
import type { Metric } from "@watchkeeper/catalogue/metric";
import { type Family, parseExposition } from "./exposition.ts";

/** Values that a closed label does not list, and bounded labels with more values than they may have. */
function describeStrayValues(metric: Metric, family: Family): string[] {
  return metric.labels.flatMap((name) => {
    const label = catalogueLabels[name];
    const values = [...new Set(family.samples.flatMap(({ labels }) => labels[name] ?? []))];
    if (label.kind === "closed") {
      const known: readonly string[] = label.values;
      const strays = values.filter((value) => !known.includes(value));
      return strays.map((value) => `${metric.name}: label "${name}" has the value "${value}"`);
    }
    const { maxValues } = label;
    if (values.length <= maxValues) return [];
    return [`${metric.name}: label "${name}" has ${values.length} values, catalogue: at most ${maxValues}`];
  });
}

function describeDifferences(metric: Metric, family: Family): string[] {
  const differences: string[] = [];
  const expect = (what: string, actual: string, wanted: string): void => {
    if (actual !== wanted) differences.push(`${metric.name}: ${what} is "${actual}", catalogue: "${wanted}"`);
  };
  expect("type", family.type, metric.type);
  expect("help", family.help, metric.help);
  const wanted = [...metric.labels].sort().join(", ");
  for (const sample of family.samples) {
    const labels = Object.keys(sample.labels).filter((label) => label !== "le");
    expect(`labels of ${sample.name}`, labels.sort().join(", "), wanted);
  }
  if (metric.type === "histogram") {
    const edges = [...new Set(family.samples.flatMap(({ labels }) => (labels.le ? [labels.le] : [])))];
    const catalogued = [...metric.buckets.map(String), "+Inf"];
    if (edges.length > 0) expect("buckets", edges.join(", "), catalogued.join(", "));
  }
  return [...new Set([...differences, ...describeStrayValues(metric, family)])];
}

/**
 * Compares what a service's `/metrics` emits with what the catalogue says it emits: nothing missing, nothing
 * uncatalogued, the same types, helps, labels and buckets, and every label's values within their bounds.
 *
 * @param text the body of `/metrics`
 * @param expected `metricsOf(service)`
 * @returns one line per difference; empty when the two agree
 */
export function differencesFromCatalogue(text: string, expected: readonly Metric[]): readonly string[] {
  const emitted = new Map(parseExposition(text).map((family) => [family.name, family]));
  const catalogued = new Set(expected.map(({ name }) => name));
  const uncatalogued = [...emitted.keys()].filter((name) => !catalogued.has(name));
  return [
    ...uncatalogued.map((name) => `${name}: emitted but not in the catalogue`),
    ...expected.flatMap((metric) => {
      const family = emitted.get(metric.name);
      return family
        ? describeDifferences(metric, family)
        : [`${metric.name}: in the catalogue but not emitted`];
    }),
  ];
}
