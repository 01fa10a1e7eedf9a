import type { ExternalMetric } from "./external.ts";
import type { LabelName, LabelValue } from "./labels.ts";
import type { Histogram, Metric } from "./metric.ts";

/**
 * PromQL in tagged templates with typed holes: SREs read PromQL, the compiler reads the holes.
 *
 *     promql`sum by (job) (rate(${series(httpRequestsTotal, { status: match("5..") })}[5m]))`
 *
 * A metric, label, closed label value or bucket edge that does not exist does not compile.
 */
export class Expr {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

/** One selected series or several of one name: what `offset` and a range such as `[5m]` can follow. */
export class Selector extends Expr {
  /** The name under which it is selected, such as `http_request_duration_seconds_bucket`. */
  readonly name: string;
  readonly matchers: Readonly<Record<string, string | Matcher>>;
  constructor(name: string, matchers: Readonly<Record<string, string | Matcher>>) {
    const parts = Object.entries(matchers).map(([label, matcher]) =>
      typeof matcher === "string"
        ? `${label}=${quote(matcher)}`
        : `${label}${matcher.operator}${quote(matcher.value)}`,
    );
    super(parts.length === 0 ? name : `${name}{${parts.join(",")}}`);
    this.name = name;
    this.matchers = matchers;
  }
}

/** How a label is compared when `=` is not meant. */
export interface Matcher {
  readonly operator: "!=" | "=~" | "!~";
  readonly value: string;
}

export const not = (value: string): Matcher => ({ operator: "!=", value });
export const match = (regex: string): Matcher => ({ operator: "=~", value: regex });
export const notMatch = (regex: string): Matcher => ({ operator: "!~", value: regex });

/** The labels that Prometheus adds to every scraped series. */
type TargetMatchers = { readonly job?: string | Matcher; readonly instance?: string | Matcher };

type MatchersOf<Label extends string> = TargetMatchers & {
  readonly [Name in Label]?: (Name extends LabelName ? LabelValue<Name> : string) | Matcher;
};

const quote = (value: string): string =>
  `"${value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")}"`;

function selector(name: string, matchers: Readonly<Record<string, string | Matcher | undefined>>): Selector {
  const given = Object.entries(matchers).filter(
    (entry): entry is [string, string | Matcher] => entry[1] !== undefined,
  );
  return new Selector(name, Object.fromEntries(given));
}

type Scalar<Label extends LabelName> = Exclude<Metric<string, Label>, { type: "histogram" }>;

/** Selects a counter, a gauge or a foreign series. Of a histogram, select `buckets`, `bucket`, `count` or `sum`. */
export function series<Label extends LabelName>(
  metric: Scalar<Label>,
  matchers?: MatchersOf<Label>,
): Selector;
export function series<Label extends string>(
  metric: ExternalMetric<Label>,
  matchers?: MatchersOf<Label>,
): Selector;
export function series(
  metric: { readonly name: string },
  matchers: Readonly<Record<string, string | Matcher | undefined>> = {},
): Selector {
  return selector(metric.name, matchers);
}

/** All buckets of a histogram, for `histogram_quantile`. */
export const buckets = <Label extends LabelName>(
  histogram: Histogram<string, Label>,
  matchers: MatchersOf<Label> = {} as MatchersOf<Label>,
): Selector => selector(`${histogram.name}_bucket`, matchers);

/**
 * One bucket of a histogram: the events that took at most `edge`.
 * Prometheus 3 writes `le="1.0"` where 2 wrote `le="1"`, so an integer edge becomes a regular expression.
 */
export function bucket<Label extends LabelName, Edge extends number>(
  histogram: Histogram<string, Label, Edge>,
  edge: NoInfer<Edge>,
  matchers: MatchersOf<Label> = {} as MatchersOf<Label>,
): Selector {
  const le = Number.isInteger(edge) ? match(`${edge}(\\.0)?`) : String(edge);
  return selector(`${histogram.name}_bucket`, { ...matchers, le });
}

/** How many events a histogram saw. */
export const count = <Label extends LabelName>(
  histogram: Histogram<string, Label>,
  matchers: MatchersOf<Label> = {} as MatchersOf<Label>,
): Selector => selector(`${histogram.name}_count`, matchers);

/** The sum of what a histogram saw. */
export const sum = <Label extends LabelName>(
  histogram: Histogram<string, Label>,
  matchers: MatchersOf<Label> = {} as MatchersOf<Label>,
): Selector => selector(`${histogram.name}_sum`, matchers);

/** Twelve significant digits: 14.4 * 0.001 is 0.0144, not 0.014400000000000001. */
const number = (value: number): string => {
  if (!Number.isFinite(value))
    throw new Error(`Cannot write ${value} in PromQL as it is not a finite number`);
  return String(Number(value.toPrecision(12)));
};

/** Puts an expression together. Line breaks and indentation of the template fold into single spaces. */
export function promql(strings: TemplateStringsArray, ...holes: readonly (Expr | number)[]): Expr {
  const text = strings.raw.reduce((left, right, i) => {
    const hole = holes[i - 1];
    return left + (hole instanceof Expr ? hole.text : hole === undefined ? "" : number(hole)) + right;
  });
  return new Expr(text.replace(/\s+/g, " ").trim());
}
