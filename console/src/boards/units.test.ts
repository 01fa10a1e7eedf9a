import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { reduce, reducers } from "./reducers.ts";
import { formatValue } from "./units.ts";

/** Written once with Grafana's own package, which is far too large to be a dependency. */
const grafana = JSON.parse(readFileSync(new URL("grafana-answers.json", import.meta.url), "utf8")) as {
  readonly values: readonly number[];
  readonly formats: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly reducers: readonly (readonly [
    string,
    readonly (number | null | "NaN")[],
    number | null | "NaN",
  ])[];
};

describe.each(Object.entries(grafana.formats))("the unit %s", (unit, byDecimals) => {
  test.each(Object.entries(byDecimals))("reads as in Grafana with decimals %s", (decimals, texts) => {
    const count = decimals === "auto" ? null : Number(decimals);
    expect(grafana.values.map((value) => formatValue(unit, value, count))).toEqual(texts);
  });
});

test.each(Object.keys(reducers))("%s counts as in Grafana", (id) => {
  const cases = grafana.reducers.filter(([name]) => name === id);
  expect(cases.length).toBeGreaterThan(5);
  for (const [, values, answer] of cases) {
    const numbers = values.map((value) => (value === "NaN" ? Number.NaN : value));
    expect(reduce(id, numbers), JSON.stringify(values)).toBe(answer === "NaN" ? Number.NaN : answer);
  }
});

test("what is no number and what is endless is said, not drawn as 0", () => {
  expect(formatValue("s", Number.POSITIVE_INFINITY)).toBe("∞ s");
  expect(formatValue("bytes", Number.NEGATIVE_INFINITY)).toBe("-∞ B");
  expect(formatValue("none", Number.NaN)).toBe("NaN");
  expect(formatValue("dateTimeAsIso", Number.NaN)).toBe("never");
  expect(reduce("max", [1, Number.POSITIVE_INFINITY, null])).toBe(Number.POSITIVE_INFINITY);
  expect(reduce("mean", [null, Number.NaN])).toBeNull();
});

test("an unknown unit or calculation is an error", () => {
  expect(() => formatValue("furlongs", 1)).toThrow(
    'Cannot write a value as there is no unit "furlongs" here',
  );
  expect(() => reduce("median", [1])).toThrow('there is no calculation "median" here');
  expect(() => formatValue("constructor", 1)).toThrow("constructor");
});
