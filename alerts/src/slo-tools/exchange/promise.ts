import { Expr, promql, type Selector } from "@watchkeeper/catalogue/promql";
import type { Runbook } from "@watchkeeper/catalogue/runbook";
import { type ServiceName, services } from "@watchkeeper/catalogue/services";
import { defineSlo, type Indicator, type Slo } from "@watchkeeper/catalogue/slo";
import { type TeamName, teams } from "@watchkeeper/catalogue/teams";
import type { Field } from "./field.ts";
import { parseQuery } from "./query.ts";
import { select } from "./select.ts";

type AtLeastOne<T> = readonly [T, ...T[]];

/** `login-errors` and `login_errors` become `LoginErrors`. */
export function parseName(field: Field): string {
  const name = field
    .text()
    .split(/[-_ ]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
  if (!/^[A-Z][A-Za-z]+$/.test(name)) field.refuse("at least two letters, words divided by - or _");
  return name;
}

export const parseService = (field: Field): ServiceName =>
  field.oneOf(Object.keys(services) as ServiceName[]);

/** Who owns a promise: the team that a label names, or else the service's own. */
export const parseOwner = (field: Field, service: ServiceName): TeamName =>
  field.missing ? services[service].owner : field.oneOf(Object.keys(teams) as TeamName[]);

/** The promise as a sentence. A foreign description is one line or several, with or without a full stop. */
export function parsePromise(field: Field, name: string, objective: number): string {
  if (field.missing) return `Of all events that ${name} counts, ${percent(objective)} keep the promise.`;
  const sentence = field.text().replace(/\s+/g, " ").replace(/\.?$/, ".");
  if (/[{}]/.test(sentence)) field.refuse("a sentence without braces");
  return sentence;
}

/** 99.9 of 0.999, without the digits that floating point adds. */
export const percent = (share: number): string => `${Number((share * 100).toPrecision(12))} %`;

/** A share of 1 from a number that may be a percentage, without the digits that floating point adds. */
export function parseObjective(field: Field, whole: 1 | 100): number {
  const value = field.number();
  if (!(value > 0 && value < whole)) field.refuse(`more than 0 and less than ${whole}`);
  return Number((value / whole).toPrecision(12));
}

export function selectAll(field: Field): AtLeastOne<Selector> {
  const { plus, minus } = parseQuery(field);
  if (minus.length > 0) field.refuse("a sum of counters of which nothing is taken off", `"${field.text()}"`);
  const selected = plus.map((each) => select(each, "counter", field));
  return selected as unknown as AtLeastOne<Selector>;
}

const same = (a: readonly Selector[], b: readonly Selector[]): boolean =>
  JSON.stringify(a.map(({ text }) => text).sort()) === JSON.stringify(b.map(({ text }) => text).sort());

/** Errors are counted, or what is left of all events when the good ones are taken off: `total - good`. */
export function parseBad(field: Field, total: AtLeastOne<Selector>): Indicator {
  const { plus, minus } = parseQuery(field);
  const [left, taken] = [plus, minus].map((side) => side.map((each) => select(each, "counter", field)));
  if (!taken || taken.length === 0)
    return { kind: "bad", total, bad: left as unknown as AtLeastOne<Selector> };
  if (!same(left ?? [], total)) {
    field.refuse("a sum of errors, or the sum of all events less the good ones", `"${field.text()}"`);
  }
  return { kind: "good", total, good: taken as unknown as AtLeastOne<Selector> };
}

/** What an imported promise says at night until somebody who knows the service writes it better. */
export function ordinaryRunbook(promise: string, indicator: Indicator): Runbook {
  const [looked] =
    indicator.kind === "samples"
      ? [indicator.gauge]
      : indicator.kind === "bad"
        ? indicator.bad
        : indicator.total;
  return {
    meaning: `The promise is being broken faster than it allows for: ${promise}`,
    impact: "Those whose requests break the promise; how many they are, the first query says.",
    firstQuery:
      indicator.kind === "samples" ? promql`${looked}` : promql`sum by (instance) (rate(${looked}[5m]))`,
    diagnosis: [
      "The first query says where: one instance, or all of them.",
      "The service's log names the errors.",
    ],
    mitigation: ["Restart what is stuck; bring back first what it depends on."],
    rollback: "If it began with a new version, go back to the version before it.",
  };
}

/** Refuses what the catalogue itself would refuse, in the words of the import. */
export function checked(slo: Slo, field: Field): Slo {
  try {
    return defineSlo(slo);
  } catch (error) {
    return field.refuse(
      "a promise that the catalogue takes",
      error instanceof Error ? error.message : "none",
    );
  }
}

/** A query that was written for us, as it stands. */
export const writtenExpr = (field: Field): Expr => {
  const text = field.text().replace(/\s+/g, " ");
  if (/[`]|\$\{/.test(text)) field.refuse("a query without back quotes and ${");
  return new Expr(text);
};
