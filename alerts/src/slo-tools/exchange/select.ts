import { type LabelName, labels } from "@watchkeeper/catalogue/labels";
import type { Histogram } from "@watchkeeper/catalogue/metric";
import { bucket, type Matcher, Selector } from "@watchkeeper/catalogue/promql";
import { services } from "@watchkeeper/catalogue/services";
import type { Field } from "./field.ts";
import { metricSources, sourceOf } from "./metric-sources.ts";
import type { Written } from "./query.ts";

type Comparison = string | Matcher;

const holds = (comparison: Comparison, value: string): boolean => {
  if (typeof comparison === "string") return comparison === value;
  if (comparison.operator === "!=") return comparison.value !== value;
  return new RegExp(`^(?:${comparison.value})$`).test(value) === (comparison.operator === "=~");
};

const pairsOf = (name: string): readonly string[] =>
  Array.from({ length: name.length - 1 }, (_, i) => name.slice(i, i + 2));

/** The names of metrics most like one that does not exist come first: a typing error names its cure. */
function likely(name: string): string {
  const pairs = new Set(pairsOf(name));
  const likeness = (other: string): number => {
    const others = pairsOf(other);
    return others.filter((pair) => pairs.has(pair)).length / (others.length + pairs.size);
  };
  return metricSources
    .map(({ metric }) => metric.name)
    .sort((a, b) => likeness(b) - likeness(a))
    .slice(0, 4)
    .join(", ");
}

function checkLabel(label: string, comparison: Comparison, field: Field): void {
  if (typeof comparison !== "string" && comparison.operator !== "!=") {
    try {
      new RegExp(comparison.value);
    } catch {
      field.refuse(
        `a query whose regular expressions are valid`,
        `${label}${comparison.operator}"${comparison.value}"`,
      );
    }
  }
  const known = label in labels ? labels[label as LabelName] : undefined;
  if (known?.kind !== "closed") return;
  if (known.values.some((value) => holds(comparison, value))) return;
  const value = typeof comparison === "string" ? comparison : comparison.operator + comparison.value;
  field.refuse(`a query in which ${label} is one of ${known.values.join(", ")}`, `"${value}"`);
}

function edgeOf(le: Comparison | undefined, { buckets, name }: Histogram, field: Field): number {
  const text =
    typeof le === "string" ? le : le?.operator === "=~" ? le.value.replace(/\(\\\.0\)\?$/, "") : "";
  const edge = buckets.find((each) => text !== "" && each === Number(text));
  return (
    edge ?? field.refuse(`a query in which le of ${name}_bucket is one of ${buckets.join(", ")}`, `"${text}"`)
  );
}

/**
 * Checks a foreign selection against the catalogue.
 * @param kind what may be selected: what is counted, or a gauge that is 1 or 0
 * @throws Error that names the file, the field, what is allowed and what was found
 */
export function select({ name, matchers }: Written, kind: "counter" | "gauge", field: Field): Selector {
  const source = sourceOf(name);
  if (!source) return field.refuse(`about metrics of the catalogue, such as ${likely(name)}`, `"${name}"`);
  const { metric, part } = source;
  const type = metric.type === "histogram" ? "counter" : metric.type;
  if (type !== "external" && type !== kind)
    field.refuse(`about a ${kind}`, `"${name}", which is a ${metric.type}`);
  const allowed = ["job", "instance", ...metric.labels, ...(part === "bucket" ? ["le"] : [])];
  for (const [label, comparison] of Object.entries(matchers)) {
    if (!allowed.includes(label)) {
      field.refuse(`a query in which ${name} has only the labels ${allowed.join(", ")}`, `"${label}"`);
    }
    checkLabel(label, comparison, field);
  }
  const jobs = metric.type === "external" ? [...Object.keys(services), "probe"] : metric.emittedBy;
  if (typeof matchers.job !== "string" || !(jobs as readonly string[]).includes(matchers.job)) {
    const found = matchers.job === undefined ? "no job" : `"${JSON.stringify(matchers.job)}"`;
    field.refuse(`a query in which ${name} has job="…" with one of ${jobs.join(", ")}`, found);
  }
  if (part !== "bucket") return new Selector(name, matchers);
  const { le, ...others } = matchers;
  const histogram = metric as Histogram;
  return bucket(histogram, edgeOf(le, histogram, field), others);
}
