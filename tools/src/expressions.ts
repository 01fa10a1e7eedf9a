import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import type { Recording } from "@watchkeeper/alerts/recording";
import { foreignMetrics } from "@watchkeeper/catalogue/foreign/all";
import type { Metric } from "@watchkeeper/catalogue/metric";
import { metrics } from "@watchkeeper/catalogue/metrics/all";
import { sloSeries } from "@watchkeeper/catalogue/names";
import * as recordedSeries from "@watchkeeper/catalogue/recorded";
import { slos } from "@watchkeeper/catalogue/slos/all";

/** Labels that a series can carry, by the name under which it is selected. */
export type KnownSeries = ReadonlyMap<string, ReadonlySet<string>>;

/** Prometheus adds these when it scrapes. */
const TARGET_LABELS = ["job", "instance"];

const selectedAs = (metric: Metric): readonly [string, readonly string[]][] =>
  metric.type === "histogram"
    ? [
        [`${metric.name}_bucket`, [...metric.labels, "le"]],
        [`${metric.name}_count`, metric.labels],
        [`${metric.name}_sum`, metric.labels],
      ]
    : [[metric.name, metric.labels]];

/** Of a promise that is made to each of several, each series is there once for each of them. */
const GROUPS = slos.flatMap(({ per }) => (per ? [per.label] : []));

/** Labels of what rules record of promises, as far as boards select it; all the others carry the promise's name and group. */
const LABELS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.values(recordedSeries).map(({ name, labels }) => [name, labels]),
);

/** Everything that an expression may select: what we emit, what others emit and we read, what Prometheus records. */
export function knownSeries(recordings: readonly Recording[]): KnownSeries {
  const foreign = foreignMetrics.map(({ name, labels }): [string, readonly string[]] => [name, labels]);
  const own = recordings.map(({ name, labels }): [string, readonly string[]] => [name, labels]);
  const promises = Object.values(sloSeries).map((name): [string, readonly string[]] => [
    name,
    [...(LABELS.get(name) ?? ["slo"]), ...GROUPS],
  ]);
  return new Map(
    [...metrics.flatMap(selectedAs), ...foreign, ...own, ...promises].map(([name, labels]) => [
      name,
      new Set([...TARGET_LABELS, ...labels]),
    ]),
  );
}

function descendants(node: SyntaxNode, name: string): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  node.cursor().iterate((child) => {
    if (child.name === name) found.push(child.node);
  });
  return found;
}

/**
 * Judges one PromQL expression against the series that exist.
 *
 * @returns what is wrong: a text that is no PromQL, a series or label that nobody makes, a label that is grouped by
 * and that none of the grouped series carries, an integer bucket edge that Prometheus 3 spells otherwise
 */
export function checkExpression(text: string, known: KnownSeries): readonly string[] {
  const tree = parser.parse(text).topNode;
  const textOf = (node: SyntaxNode): string => text.slice(node.from, node.to);
  const [broken] = descendants(tree, "⚠");
  if (broken) return [`is no PromQL at "${text.slice(broken.from, broken.from + 20)}"`];

  const seriesOf = (selector: SyntaxNode): string => textOf(selector.getChild("Identifier") ?? selector);
  const selectors = descendants(tree, "VectorSelector").flatMap((selector) => {
    const name = seriesOf(selector);
    const labels = known.get(name);
    if (!labels) return [`selects ${name}, which nobody makes`];
    return descendants(selector, "UnquotedLabelMatcher").flatMap((matcher) => {
      const label = textOf(matcher.getChild("LabelName") ?? matcher);
      if (!labels.has(label)) return [`matches ${name} by ${label}, a label that it does not carry`];
      return label === "le" && /^le\s*=\s*"\d+"$/.test(textOf(matcher))
        ? [`matches the edge ${textOf(matcher)}, which Prometheus 3 writes with .0`]
        : [];
    });
  });
  const groupings = descendants(tree, "GroupingLabels").flatMap((grouping) => {
    const grouped = grouping.parent?.parent ?? tree;
    const names = descendants(grouped, "VectorSelector").map(seriesOf);
    return descendants(grouping, "LabelName")
      .map(textOf)
      .filter((label) => names.every((name) => known.has(name) && !known.get(name)?.has(label)))
      .map((label) => `groups by ${label}, which none of ${names.join(", ")} carries`);
  });
  return [...selectors, ...groupings];
}
