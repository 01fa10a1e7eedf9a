import type { Matcher } from "@watchkeeper/catalogue/promql";
import type { Field } from "./field.ts";

/** One selected series of a foreign query, as it is written there. */
export interface Written {
  readonly name: string;
  readonly matchers: Readonly<Record<string, string | Matcher>>;
}

/** What a foreign query adds up, what it takes off, and whether it looks at growth rather than at the counter. */
export interface Counted {
  readonly plus: readonly Written[];
  readonly minus: readonly Written[];
  readonly grows: boolean;
}

const SHAPE =
  'a sum of counters, such as sum(rate(requests_total{job="app"}[5m])), where only sum, rate, increase, +, - and `or vector(0)` occur';

const TOKEN =
  /\s*([a-zA-Z_:][\w:]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[[^\]]*\]|=~|!~|!=|=|\d+|[(){},+-])/y;
const RANGE = /^\[\s*(?:(?:\d+(?:ms|[smhdwy]))+|\{\{\s*\.window\s*\}\})\s*\]$/;

function tokensOf(text: string, field: Field): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) field.refuse(SHAPE, `"${text.slice(at).trim().slice(0, 40)}"`);
    tokens.push(token);
  }
  return tokens;
}

const unquote = (token: string, field: Field): string => {
  const inner = token.startsWith("'") ? token.slice(1, -1).replaceAll('"', '\\"').replaceAll("\\'", "'") : "";
  try {
    return JSON.parse(token.startsWith("'") ? `"${inner}"` : token) as string;
  } catch {
    return field.refuse("a query whose texts are quoted and escaped as PromQL does", token);
  }
};

/**
 * Reads a query that sums counters. Nothing else can be counted exactly, so nothing else is read.
 * @throws Error that names the file, the field, what is allowed and what was found
 */
export function parseQuery(field: Field): Counted {
  const tokens = tokensOf(field.text(), field);
  let at = 0;
  let grows = false;
  let plain = false;
  const peek = (): string | undefined => tokens[at];
  const take = (): string => tokens[at++] ?? field.refuse(SHAPE, "its end");
  const expect = (...expected: readonly string[]): void => {
    for (const each of expected) {
      const found = take();
      if (found !== each) field.refuse(SHAPE, `"${found}"`);
    }
  };
  const selector = (name: string): Written => {
    if (!/^[a-zA-Z_:][\w:]*$/.test(name)) field.refuse(SHAPE, `"${name}"`);
    const matchers: Record<string, string | Matcher> = {};
    if (peek() !== "{") return { name, matchers };
    take();
    while (peek() !== "}") {
      const label = take();
      const operator = take();
      const quoted = take();
      if (!/^[a-zA-Z_]\w*$/.test(label) || !/^["']/.test(quoted)) field.refuse(SHAPE, `"${label}"`);
      if (label in matchers) field.refuse("a query that compares each label once", `"${label}" twice`);
      const value = unquote(quoted, field);
      if (operator === "=") matchers[label] = value;
      else if (operator === "!=" || operator === "=~" || operator === "!~")
        matchers[label] = { operator, value };
      else field.refuse(SHAPE, `"${operator}"`);
      if (peek() === ",") take();
    }
    take();
    return { name, matchers };
  };
  const term = (): Counted => {
    const word = take();
    if (word === "(" || (word === "sum" && peek() === "(")) {
      if (word === "sum") take();
      const inner = sum();
      expect(")");
      return inner;
    }
    if ((word === "rate" || word === "increase") && peek() === "(") {
      take();
      const selected = selector(take());
      const range = take();
      if (!RANGE.test(range)) field.refuse(SHAPE, `"${range}"`);
      expect(")");
      grows = true;
      return { plus: [selected], minus: [], grows };
    }
    plain = true;
    return { plus: [selector(word)], minus: [], grows };
  };
  const sum = (): Counted => {
    let { plus, minus } = term();
    for (;;) {
      const next = peek();
      if (next === "or") {
        take();
        expect("vector", "(", "0", ")");
      } else if (next === "+" || next === "-") {
        take();
        const other = term();
        plus = [...plus, ...(next === "+" ? other.plus : other.minus)];
        minus = [...minus, ...(next === "+" ? other.minus : other.plus)];
      } else return { plus, minus, grows };
    }
  };
  const counted = sum();
  if (peek() !== undefined) field.refuse(SHAPE, `"${peek()}"`);
  if (grows && plain) field.refuse("a query that takes the rate of all its counters or of none of them");
  return counted;
}
