import { topListOf } from "@watchkeeper/catalogue/top-lists";
import { type Field, fieldOf } from "../../boards/field.ts";
import { interpolate, type Scope } from "../../boards/interpolate.ts";
import type { Panel, Target } from "../../boards/model.ts";
import { alignRange, parseDuration, type Range, stepOf } from "../../boards/time-range.ts";
import type { Table } from "./cell-table.ts";
import { chooseExemplars, type Exemplar } from "./exemplars.ts";
import type { Questions, RawExemplars, RawSeries } from "./prometheus.ts";

export interface Series {
  readonly name: string;
  readonly refId: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Unix seconds. */
  readonly times: readonly number[];
  /** null: not measured; NaN: measured, and no number. */
  readonly values: readonly (number | null)[];
  readonly field: Field;
}

export interface PanelData {
  readonly series: readonly Series[];
  readonly range: Range;
  /** Seconds between two points. */
  readonly step: number;
  readonly scope: Scope;
  /** How many series there are beyond those that are drawn. */
  readonly left: number;
  /** Rows that come from no series: a list that is published in the database. */
  readonly table?: Table;
  /** Single events behind the lines. */
  readonly exemplars: readonly Exemplar[];
}

/** More would neither be seen nor told apart. */
const MOST_SERIES = 200;

const numberOf = (text: string): number =>
  text === "+Inf" ? Number.POSITIVE_INFINITY : text === "-Inf" ? Number.NEGATIVE_INFINITY : Number(text);

/** What the legend calls a series, by Grafana's rules. */
export function nameSeries(format: string | undefined, metric: Readonly<Record<string, string>>): string {
  if (format && format !== "__auto")
    return format.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_all, label: string) => metric[label] ?? "");
  const { __name__: name = "", ...labels } = metric;
  const pairs = Object.entries(labels);
  if (format === "__auto" && !name && pairs.length === 1) return pairs[0]?.[1] ?? "";
  const braces = pairs.map(([label, value]) => `${label}="${value}"`).join(", ");
  return (name + (braces && `{${braces}}`)).trim() || "Value";
}

/** The values on every time of the grid: where Prometheus sent nothing there is a gap. */
function onGrid(raw: RawSeries, start: number, end: number, step: number): Pick<Series, "times" | "values"> {
  const count = Math.round((end - start) / step) + 1;
  const times = Array.from({ length: count }, (_, i) => Math.round((start + i * step) * 1_000) / 1_000);
  const values: (number | null)[] = new Array(count).fill(null);
  for (const [at, text] of raw.values ?? []) {
    const index = Math.round((at - start) / step);
    if (index >= 0 && index < count) values[index] = numberOf(text);
  }
  return { times, values };
}

const momentOf = ({ value, values }: RawSeries): Pick<Series, "times" | "values"> => {
  const [at, text] = value ?? values?.at(-1) ?? [0, "NaN"];
  return { times: [at], values: [numberOf(text)] };
};

/** The smallest distance of two points that a panel or its target allows. */
function smallestStep(panel: Panel, target: Target, scope: Scope): number {
  const text = target.interval || panel.interval;
  return Math.max(scope.scrape, text ? parseDuration(interpolate(text, scope, "text").replace(/^>/, "")) : 0);
}

export interface Ask {
  readonly panel: Panel;
  /** Without the step, which depends on the panel. */
  readonly scope: Scope;
  /** How many points fit. */
  readonly points: number;
  readonly questions: Questions;
}

/** The panel's own range where it has one, such as "the last hour" whatever the board shows. */
function rangeOf(panel: Panel, { range }: Scope): Range {
  return panel.timeFrom
    ? { from: range.to - parseDuration(panel.timeFrom.replace(/^now-/, "")), to: range.to }
    : range;
}

/**
 * The dots that belong to a panel's lines. They are an extra: a chart whose dots cannot be had stays without.
 * @param data what the panel shows
 */
export async function loadExemplars(
  { panel, questions }: Pick<Ask, "panel" | "questions">,
  { scope, range, step }: PanelData,
): Promise<readonly Exemplar[]> {
  if (panel.type !== "timeseries") return [];
  const wanted = (panel.targets ?? []).filter(
    ({ hide, expr, exemplar, instant }) => !hide && expr && exemplar && !instant,
  );
  const raw = wanted.map(({ expr = "" }) =>
    questions
      .exemplars(interpolate(expr, { ...scope, range, step }, "promql"), range.from, range.to)
      .catch((): readonly RawExemplars[] => []),
  );
  return chooseExemplars((await Promise.all(raw)).flat(), range);
}

/** @throws Error with a sentence for the panel when one of its questions cannot be answered */
export async function loadPanel({ panel, scope, points, questions }: Ask): Promise<PanelData> {
  const range = rangeOf(panel, scope);
  const list = panel.targets?.map(({ rawSql }) => topListOf(rawSql ?? "")).find((name) => name !== undefined);
  if (list)
    return {
      series: [],
      exemplars: [],
      range,
      step: scope.scrape,
      scope,
      left: 0,
      table: await questions.top(list),
    };
  const targets = (panel.targets ?? []).filter(({ hide, expr }) => !hide && expr);
  let widest = scope.scrape;

  const answers = targets.map(async (target, index) => {
    const step = stepOf(
      range,
      Math.max(50, Math.min(panel.maxDataPoints ?? points, points)),
      smallestStep(panel, target, scope),
    );
    widest = Math.max(widest, step);
    const query = interpolate(target.expr ?? "", { ...scope, range, step }, "promql");
    const refId = target.refId ?? String.fromCharCode(65 + index);
    const aligned = alignRange(range, step);
    const raw = target.instant
      ? await questions.instant(query, range.to)
      : await questions.range(query, aligned.from, aligned.to, step);

    return raw.map((one): Series => {
      const name = nameSeries(target.legendFormat, one.metric);
      const field = fieldOf(panel.fieldConfig, { name, refId, type: "number" });
      const data = target.instant ? momentOf(one) : onGrid(one, aligned.from, aligned.to, step);
      return { name: field.displayName ?? name, refId, labels: one.metric, field, ...data };
    });
  });
  const series = (await Promise.all(answers)).flat();
  const left = Math.max(0, series.length - MOST_SERIES);
  return { series: series.slice(0, MOST_SERIES), range, step: widest, scope, left, exemplars: [] };
}
