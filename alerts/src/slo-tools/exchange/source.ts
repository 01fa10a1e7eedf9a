import type { Histogram } from "@watchkeeper/catalogue/metric";
import type { Matcher, Selector } from "@watchkeeper/catalogue/promql";
import type { Indicator, Slo } from "@watchkeeper/catalogue/slo";
import { type SeriesSource, sourceOf } from "./metric-sources.ts";

/** What a source text needs from elsewhere: constants by the file that exports them. */
type Imports = Map<string, Set<string>>;

const PROMQL = "../promql.ts";
const SLO = "../slo.ts";

const quoted = (text: string): string => JSON.stringify(text);

class Writer {
  readonly imports: Imports = new Map();

  from(module: string, name: string): string {
    this.imports.set(module, (this.imports.get(module) ?? new Set()).add(name));
    return name;
  }

  matcher(matcher: string | Matcher): string {
    if (typeof matcher === "string") return quoted(matcher);
    const call = { "!=": "not", "=~": "match", "!~": "notMatch" }[matcher.operator];
    return `${this.from(PROMQL, call)}(${quoted(matcher.value)})`;
  }

  matchers(matchers: Selector["matchers"]): string {
    const parts = Object.entries(matchers).map(([label, value]) => `${label}: ${this.matcher(value)}`);
    return `{ ${parts.join(", ")} }`;
  }

  selector(selector: Selector): string {
    const source = sourceFor(selector);
    const metric = this.from(source.module, source.constant);
    const { le, ...others } = selector.matchers;
    if (source.part !== "bucket") {
      return `${this.from(PROMQL, source.part)}(${metric}, ${this.matchers(selector.matchers)})`;
    }
    return `${this.from(PROMQL, "bucket")}(${metric}, ${edgeOf(source, le)}, ${this.matchers(others)})`;
  }

  list(selectors: readonly Selector[]): string {
    return `[${selectors.map((each) => this.selector(each)).join(", ")}]`;
  }

  indicator(indicator: Indicator): string {
    if (indicator.kind === "samples") return `${this.from(SLO, "uptime")}(${this.selector(indicator.gauge)})`;
    const total = indicator.total;
    if (indicator.kind === "bad") {
      return `${this.from(SLO, "badOf")}(${this.list(indicator.bad)}, ${this.list(total)})`;
    }
    const within = this.within(indicator.good, total);
    return within ?? `${this.from(SLO, "goodOf")}(${this.list(indicator.good)}, ${this.list(total)})`;
  }

  /** A bucket of a histogram among all that it saw has a word of its own. */
  within(good: readonly Selector[], total: readonly Selector[]): string | undefined {
    const [bucket, count] = [good[0], total[0]];
    if (!bucket || !count || good.length > 1 || total.length > 1) return undefined;
    const [mine, all] = [sourceFor(bucket), sourceFor(count)];
    const { le, ...others } = bucket.matchers;
    if (mine.part !== "bucket" || all.part !== "count" || mine.constant !== all.constant) return undefined;
    if (JSON.stringify(others) !== JSON.stringify(count.matchers)) return undefined;
    const metric = this.from(mine.module, mine.constant);
    return `${this.from(SLO, "within")}(${metric}, ${edgeOf(mine, le)}, ${this.matchers(others)})`;
  }

  grouping({ per, indicator }: Slo): string[] {
    if (!per) return [];
    const source = sourceFor(indicator.kind === "samples" ? indicator.gauge : indicator.total[0]);
    const metric = this.from(source.module, source.constant);
    return [`  per: ${this.from(SLO, "groupedBy")}(${metric}, ${quoted(per.label)}, ${per.atMost}),`];
  }

  promise(slo: Slo): string {
    const steps = (texts: readonly string[]): string => `[${texts.map(quoted).join(", ")}]`;
    const { runbook } = slo;
    const constant = slo.name.slice(0, 1).toLowerCase() + slo.name.slice(1);
    return [
      `export const ${constant} = ${this.from(SLO, "defineSlo")}({`,
      `  name: ${quoted(slo.name)},`,
      `  promise: ${quoted(slo.promise)},`,
      `  service: ${quoted(slo.service)},`,
      `  owner: ${quoted(slo.owner)},`,
      `  indicator: ${this.indicator(slo.indicator)},`,
      ...this.grouping(slo),
      `  objective: ${slo.objective},`,
      `  days: ${slo.days},`,
      ...(slo.calendar
        ? [`  calendar: { each: ${quoted(slo.calendar.each)}, zone: ${quoted(slo.calendar.zone)} },`]
        : []),
      `  urgency: ${quoted(slo.urgency)},`,
      `  preset: ${quoted(slo.preset)},`,
      ...(slo.mayBeIdle === undefined ? [] : [`  mayBeIdle: ${quoted(slo.mayBeIdle)},`]),
      `  board: ${quoted(slo.board)},`,
      "  runbook: {",
      `    meaning: ${quoted(runbook.meaning)},`,
      `    impact: ${quoted(runbook.impact)},`,
      `    firstQuery: ${this.from(PROMQL, "promql")}\`${runbook.firstQuery.text}\`,`,
      `    diagnosis: ${steps(runbook.diagnosis)},`,
      `    mitigation: ${steps(runbook.mitigation)},`,
      `    rollback: ${quoted(runbook.rollback)},`,
      "  },",
      "});",
    ].join("\n");
  }
}

function sourceFor(selector: Selector): SeriesSource {
  const source = sourceOf(selector.name);
  if (!source)
    throw new Error(`Cannot write ${selector.text} as source as its metric is not in the catalogue`);
  return source;
}

function edgeOf({ metric }: SeriesSource, le: string | Matcher | undefined): number {
  const text = typeof le === "string" ? le : (le?.value.replace("(\\.0)?", "") ?? "");
  const edge = (metric as Histogram).buckets.find((each) => each === Number(text));
  if (edge === undefined)
    throw new Error(`Cannot write a bucket of ${metric.name} as it has no edge ${text}`);
  return edge;
}

/** The text of a file in `catalogue/src/slos/` that defines these promises. `npm run format` sets its lines. */
export function renderSource(slos: readonly Slo[]): string {
  const writer = new Writer();
  const promises = slos.map((slo) => writer.promise(slo));
  const imports = [...writer.imports]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([module, names]) => `import { ${[...names].sort().join(", ")} } from ${quoted(module)};`);
  return `${[imports.join("\n"), ...promises].join("\n\n")}\n`;
}
