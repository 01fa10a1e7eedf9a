// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Grafana
import { expect, test } from "vitest";
import { ALL, type Choice, interpolate, type Scope } from "./interpolate.ts";
import type { Variable } from "./model.ts";

function scope(
  variable: Partial<Variable>,
  chosen: readonly string[],
  options: readonly string[] = [],
): Scope {
  const choice: Choice = { variable: { name: "x", type: "query", ...variable }, chosen, options };
  return { choices: new Map([["x", choice]]), range: { from: 1_000, to: 4_600 }, step: 30, scrape: 15 };
}

const promql = (template: string, ...rest: Parameters<typeof scope>): string =>
  interpolate(template, scope(...rest), "promql");

test.each([
  ["rate(a[$__interval])", "rate(a[30s])"],
  ["rate(a[$__rate_interval])", "rate(a[60s])"],
  ["increase(a[${__range}])", "increase(a[3600s])"],
  ["a * $__range_s", "a * 3600"],
  ["$__interval_ms $__from $__to", "30000 1000000 4600000"],
  ['a{b="$unknown"} $1', 'a{b="$unknown"} $1'],
])("%s knows the span that is looked at", (template, text) => {
  expect(promql(template, {}, [])).toBe(text);
});

test("a rate looks at four scrapes at least, and at one more than its step", () => {
  const wide = { ...scope({}, []), step: 300 };
  expect(interpolate("$__rate_interval", wide, "promql")).toBe("315s");
  expect(interpolate("$__interval", { ...wide, step: 0.5 }, "promql")).toBe("500ms");
});

test.each<[string, readonly string[], Partial<Variable>, string]>([
  ["one value", ["a.b"], {}, "a.b"],
  ["a quote", ['a"b\\'], {}, 'a\\"b\\\\'],
  ["one of several", ["a.b"], { multi: true }, "a\\\\.b"],
  ["two", ["a|b", "/c(d)"], { multi: true }, "(a\\\\|b|/c\\\\(d\\\\))"],
  ["a quote among several", ['a"', "b"], { multi: true }, '(a\\"|b)'],
  ["all", [ALL], { multi: true, includeAll: true }, "(p|q\\\\+)"],
  ["all, named by the board", [ALL], { includeAll: true, allValue: ".+" }, ".+"],
  ["none", [], { multi: true }, "()"],
])("a matcher gets %s without being broken", (_what, chosen, variable, text) => {
  expect(promql("$x", variable, chosen, [ALL, "p", "q+"])).toBe(text);
});

test("all of ten thousand values are not written one by one", () => {
  const many = Array.from({ length: 10_000 }, (_, i) => `value-${i}`);
  expect(promql("$x", { multi: true, includeAll: true }, [ALL], [ALL, ...many])).toBe(".+");
});

test.each([
  ["${x:csv}", "a,b"],
  ["${x:pipe}", "a|b"],
  ["${x:regex}", "(a|b)"],
  ["${x:text}", "a + b"],
  ["${x:queryparam}", "var-x=a&var-x=b"],
  ["[[x]]", "a + b"],
])("%s writes a choice in Grafana's way", (template, text) => {
  expect(interpolate(template, scope({ multi: true }, ["a", "b"]), "text")).toBe(text);
});

test("an unknown way of writing is an error", () => {
  expect(() => promql("${x:lucene}", {}, ["a"])).toThrow('Cannot write the variable x as "lucene"');
});
