import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import { RATE_WINDOW } from "./board-json.ts";

/** Names under which ever-growing series are selected. */
export type Counters = ReadonlySet<string>;

/** Where the height of a counter does not matter. */
const OF_COUNTERS = ["rate", "irate", "increase", "resets", "changes", "absent", "count_over_time"];
const EXISTENCE = ["count", "group"];
/** Where a window that grows with the step of the chart makes sense. */
const OF_RATE_WINDOW = ["rate", "increase"];
/** Four scrapes: fewer, and one that is late leaves a hole. */
const SMALLEST_WINDOW_S = 60;

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

const durationSeconds = (text: string): number =>
  [...text.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, count = "", unit = ""]) => sum + Number(count) * (SECONDS[unit] ?? 0),
    0,
  );

function nodes(tree: SyntaxNode, name: string): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  tree.cursor().iterate((node) => {
    if (node.name === name) found.push(node.node);
  });
  return found;
}

function ancestors(node: SyntaxNode): readonly SyntaxNode[] {
  return node.parent ? [node.parent, ...ancestors(node.parent)] : [];
}

/**
 * Judges how an expression is built: a counter outside of a rate, a window that is too small, the chart's own window
 * where it means nothing, a quantile of buckets that are no longer told apart.
 * @param text with variables replaced by `withVariables`
 */
export function checkStructure(text: string, counters: Counters): readonly string[] {
  const tree = parser.parse(text).topNode;
  const textOf = (node: SyntaxNode | null | undefined): string =>
    node ? text.slice(node.from, node.to) : "";
  const functionOf = (node: SyntaxNode): string =>
    textOf(node.getChild("FunctionIdentifier") ?? node.getChild("AggregateOp"));
  const around = (node: SyntaxNode): readonly string[] =>
    ancestors(node)
      .filter(({ name }) => name === "FunctionCall" || name === "AggregateExpr")
      .map(functionOf);

  const naked = nodes(tree, "VectorSelector").flatMap((selector) => {
    const name = textOf(selector.getChild("Identifier"));
    if (!counters.has(name)) return [];
    const calls = around(selector);
    return calls.some((call) => OF_COUNTERS.includes(call)) || EXISTENCE.includes(calls[0] ?? "")
      ? []
      : [`reads the counter ${name} outside of rate and increase`];
  });
  const windows = nodes(tree, "DurationExpr").flatMap((duration) => {
    const call = around(duration)[0] ?? "";
    const window = textOf(duration);
    if (window === RATE_WINDOW)
      return OF_RATE_WINDOW.includes(call) ? [] : [`uses $__rate_interval in ${call || "no function"}`];
    return OF_RATE_WINDOW.includes(call) && durationSeconds(window) < SMALLEST_WINDOW_S
      ? [`has a ${call} over ${window}, fewer than four scrapes`]
      : [];
  });
  const quantiles = nodes(tree, "FunctionCall")
    .filter((call) => functionOf(call) === "histogram_quantile")
    .flatMap((call) => {
      const grouped = nodes(call, "GroupingLabels").flatMap((labels) =>
        nodes(labels, "LabelName").map(textOf),
      );
      return grouped.includes("le") ? [] : ["takes a quantile of buckets that are not grouped by le"];
    });
  return [...naked, ...windows, ...quantiles];
}
