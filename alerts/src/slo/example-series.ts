import { type LabelName, labels } from "@watchkeeper/catalogue/labels";
import { type Matcher, Selector } from "@watchkeeper/catalogue/promql";
import type { Indicator } from "@watchkeeper/catalogue/slo";

type Comparison = string | Matcher;

const holds = (comparison: Comparison, value: string): boolean => {
  if (typeof comparison === "string") return value === comparison;
  if (comparison.operator === "!=") return value !== comparison.value;
  const matches = new RegExp(`^(?:${comparison.value})$`).test(value);
  return comparison.operator === "=~" ? matches : !matches;
};

/** Values that a label could have: those of a closed set, what a pattern itself suggests, and something ordinary. */
function candidates(label: string, comparison: Comparison): readonly string[] {
  if (typeof comparison === "string") return [comparison];
  const known = label in labels ? labels[label as LabelName] : undefined;
  const closed = known?.kind === "closed" ? known.values : [];
  const suggested = comparison.value
    .replace(/\([^)]*\)\?/g, "")
    .split("|")
    .map((text) => text.replaceAll(".", "0"));
  const ordinary = label === "status" ? "200" : "/ordinary";
  return [...closed, ...(comparison.operator === "=~" ? suggested : []), ordinary];
}

function valueFor(label: string, wanted: Comparison, unwanted?: Comparison): string {
  const found = candidates(label, wanted).find(
    (value) => holds(wanted, value) && !(unwanted !== undefined && holds(unwanted, value)),
  );
  if (found === undefined) throw new Error(`Cannot find a value of label "${label}" for a test's series`);
  return found;
}

const ANYTHING: Matcher = { operator: "!=", value: "" };

/**
 * One series that `wanted` selects and `unwanted` does not.
 * @throws Error that names the label for which no value is known
 */
export function exampleOf(wanted: Selector, unwanted?: Selector): Selector {
  const avoided = unwanted?.name === wanted.name ? unwanted.matchers : {};
  const free = Object.fromEntries(
    Object.keys(avoided)
      .filter((label) => !(label in wanted.matchers))
      .map((label): [string, Comparison] => [label, ANYTHING]),
  );
  const values = Object.entries({ ...wanted.matchers, ...free }).map(([label, comparison]) => {
    const differs = label in free || JSON.stringify(avoided[label]) !== JSON.stringify(comparison);
    return [label, valueFor(label, comparison, differs ? avoided[label] : undefined)] as const;
  });
  return new Selector(wanted.name, { ...Object.fromEntries(values), instance: "a" });
}

/** The series of one instance behind an indicator, and which events each of them counts. */
export interface ExampleSeries {
  readonly series: Selector;
  readonly counts: "good" | "bad" | "all" | "state";
}

export function exampleSeries(indicator: Indicator): readonly ExampleSeries[] {
  if (indicator.kind === "samples") return [{ series: exampleOf(indicator.gauge), counts: "state" }];
  const [total] = indicator.total;
  if (indicator.kind === "bad") {
    const [bad] = indicator.bad;
    return [
      { series: exampleOf(total, bad), counts: "good" },
      { series: exampleOf(bad), counts: "bad" },
    ];
  }
  const [good] = indicator.good;
  const other = indicator.total.find(({ text }) => text !== good.text);
  // A histogram's bucket is no part of its count: both grow. Counters of hits and misses grow apart.
  const apart = indicator.total.some(({ name }) => name === good.name);
  if (!other) throw new Error(`Cannot make series for ${good.text} as nothing else is counted`);
  return [
    { series: exampleOf(good), counts: "good" },
    { series: exampleOf(other), counts: apart ? "bad" : "all" },
  ];
}
