import type { Variable } from "./model.ts";
import { durationText, type Range } from "./time-range.ts";

export const ALL = "$__all";

const MANY = 200;

/** What people have chosen: a list per variable; `[ALL]` stands for all options. */
export interface Choice {
  readonly variable: Variable;
  readonly chosen: readonly string[];
  /** Every value that can be chosen. */
  readonly options: readonly string[];
}

export type Choices = ReadonlyMap<string, Choice>;

export interface Scope {
  readonly choices: Choices;
  readonly range: Range;
  /** Seconds between two points. */
  readonly step: number;
  /** Seconds between two scrapes. */
  readonly scrape: number;
}

/** For a regular expression within a string of PromQL: there a backslash is written twice. */
const escapeRegex = (value: string): string =>
  value
    .replace(/\\/g, "\\\\\\\\")
    .replace(/[$^*{}[\]'+?.()|]/g, "\\\\$&")
    .replace(/"/g, '\\"');

/** For a string of PromQL: it must not end it. */
const escapeString = (value: string): string => value.replace(/\\/g, "\\\\").replace(/"/g, '\\"');

const plainRegex = (value: string): string => value.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

const valuesOf = ({ chosen, options }: Choice): readonly string[] =>
  chosen.includes(ALL) ? options.filter((option) => option !== ALL) : chosen;

const isAll = ({ chosen }: Choice): boolean => chosen.includes(ALL);

/** A variable where PromQL has it within a matcher. */
function inExpression(choice: Choice): string {
  const { variable } = choice;
  if (isAll(choice) && variable.allValue) return variable.allValue;
  // So many that naming them all would cost more than it tells apart.
  if (isAll(choice) && !variable.regex && choice.options.length > MANY) return ".+";
  const values = valuesOf(choice);
  if (!variable.multi && !variable.includeAll) return escapeString(values[0] ?? "");
  if (values.length === 1) return escapeRegex(values[0] ?? "");
  return `(${values.map(escapeRegex).join("|")})`;
}

type Style = "promql" | "text" | "address";

function formatted(choice: Choice, format: string, style: Style): string {
  const values = valuesOf(choice);
  if (isAll(choice) && choice.variable.allValue && format !== "queryparam") return choice.variable.allValue;
  switch (format) {
    case "csv":
      return values.join(",");
    case "pipe":
      return values.join("|");
    case "raw":
      return values.length > 1 ? `{${values.join(",")}}` : (values[0] ?? "");
    case "regex":
      return values.length === 1 ? plainRegex(values[0] ?? "") : `(${values.map(plainRegex).join("|")})`;
    case "text":
      return readable(choice);
    case "queryparam":
      return choice.chosen
        .map((value) => `var-${encodeURIComponent(choice.variable.name)}=${encodeURIComponent(value)}`)
        .join("&");
    case "percentencode":
      return encodeURIComponent(values.join(","));
    default:
      throw new Error(`Cannot write the variable ${choice.variable.name} as "${format}" (${style})`);
  }
}

const readable = (choice: Choice): string => (isAll(choice) ? "All" : choice.chosen.join(" + "));

/** Grafana's own variables; seconds where a duration is meant. */
function builtIn(name: string, { range, step, scrape }: Scope): string | undefined {
  const span = Math.round(range.to - range.from);
  switch (name) {
    case "__interval":
      return durationText(step);
    case "__interval_ms":
      return String(Math.round(step * 1_000));
    case "__rate_interval":
      // Four scrapes: one may be lost, and a rate needs two.
      return durationText(Math.max(step + scrape, 4 * scrape));
    case "__range":
      return `${span}s`;
    case "__range_s":
      return String(span);
    case "__range_ms":
      return String(span * 1_000);
    case "__from":
      return String(Math.round(range.from * 1_000));
    case "__to":
      return String(Math.round(range.to * 1_000));
    default:
      return undefined;
  }
}

/**
 * Replaces variables, `$x`, `${x}`, `${x:format}` and `[[x]]`. A name that nobody defined stays as it is.
 *
 * @param style promql: within a matcher's string; text: for people; address: for a link
 */
export function interpolate(template: string, scope: Scope, style: Style): string {
  const pattern = /\$(\w+)|\$\{(\w+)(?::(\w+))?\}|\[\[(\w+)\]\]/g;
  return template.replace(
    pattern,
    (all: string, bare?: string, braced?: string, format?: string, old?: string) => {
      const name = bare ?? braced ?? old ?? "";
      const own = builtIn(name, scope);
      if (own !== undefined) return own;
      const choice = scope.choices.get(name);
      if (!choice) return all;
      if (format) return formatted(choice, format, style);
      if (style === "promql") return inExpression(choice);
      return style === "text" ? readable(choice) : encodeURIComponent(readable(choice));
    },
  );
}
