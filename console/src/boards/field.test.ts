import { expect, test } from "vitest";
import { fieldOf, showValue, thresholdColor } from "./field.ts";
import type { Mapping, Panel } from "./model.ts";

const config: Panel["fieldConfig"] = {
  defaults: { unit: "s", custom: { fillOpacity: 8 } },
  overrides: [
    { matcher: { id: "byRegexp", options: "/^p9.*/" }, properties: [{ id: "unit", value: "ms" }] },
    {
      matcher: { id: "byName", options: "p99" },
      properties: [
        { id: "unit", value: "none" },
        { id: "custom.lineWidth", value: 3 },
      ],
    },
    { matcher: { id: "byFrameRefID", options: "B" }, properties: [{ id: "decimals", value: 1 }] },
  ],
};
const field = (name: string, refId = "A") => fieldOf(config, { name, refId, type: "number" });

test("a later override wins, and what none names stays", () => {
  expect(field("p50")).toMatchObject({ unit: "s", custom: { fillOpacity: 8 } });
  expect(field("p95", "B")).toMatchObject({ unit: "ms", decimals: 1 });
  expect(field("p99")).toMatchObject({ unit: "none", custom: { fillOpacity: 8, lineWidth: 3 } });
  expect(config?.defaults?.custom).toEqual({ fillOpacity: 8 });
});

test("an override that looks for fields in an unknown way is an error", () => {
  const unknown = { overrides: [{ matcher: { id: "byValue" }, properties: [] }] };
  expect(() => fieldOf(unknown, { name: "", refId: "", type: "number" })).toThrow('no matcher "byValue"');
});

const mappings: readonly Mapping[] = [
  { type: "value", options: { "0": { text: "down", color: "red" } } },
  { type: "range", options: { from: 10, to: null, result: { text: "many" } } },
  { type: "special", options: { match: "null+nan", result: { text: "nobody asked" } } },
  { type: "regex", options: { pattern: "^GET", result: { color: "blue" } } },
];

test.each<[number | string | null, string, string?]>([
  [0, "down", "red"],
  [12, "many"],
  [Number.POSITIVE_INFINITY, "many"],
  [5, "5"],
  [null, "nobody asked"],
  [Number.NaN, "nobody asked"],
  ["GET /", "GET /", "blue"],
])("%s reads as %s", (value, text, color) => {
  expect(showValue({ mappings, unit: "none" }, value)).toEqual({ text, ...(color && { color }) });
});

test("nothing is never 0", () => {
  expect(showValue({}, null).text).toBe("No data");
  expect(showValue({ noValue: "nothing fires" }, null).text).toBe("nothing fires");
  expect(showValue({ unit: "percentunit" }, Number.NaN).text).toBe("–");
});

const thresholds = {
  mode: "absolute" as const,
  steps: [
    { value: null, color: "green" },
    { value: 5, color: "orange" },
    { value: 10, color: "red" },
  ],
};

test.each([
  [4.9, "green"],
  [5, "orange"],
  [Number.POSITIVE_INFINITY, "red"],
  [Number.NEGATIVE_INFINITY, "green"],
  [Number.NaN, "text"],
  [null, "text"],
])("%s has the colour %s", (value, color) => {
  expect(thresholdColor({ thresholds }, value)).toBe(color);
});

test("thresholds in percent look at the field's span", () => {
  const percentage = { ...thresholds, mode: "percentage" as const };
  expect(thresholdColor({ thresholds: percentage }, 107, [100, 200])).toBe("orange");
});
