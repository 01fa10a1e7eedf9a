import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { showValue } from "./field.ts";
import { reduce, reducers } from "./reducers.ts";
import { units } from "./units.ts";

type Texts = Readonly<Record<string, string>>;
type Value = number | null | "NaN" | "Infinity" | "-Infinity";

/** What Grafana's own package makes of the same values; console/oracle/make-expected.mjs writes it. */
const expected = JSON.parse(readFileSync(new URL("../../oracle/expected.json", import.meta.url), "utf8")) as {
  readonly now: number;
  readonly units: Readonly<Record<string, Readonly<Record<string, Texts>>>>;
  readonly moments: Readonly<Record<string, Texts>>;
  readonly reducers: Readonly<
    Record<string, { readonly values: readonly Value[]; readonly results: Readonly<Record<string, Value>> }>
  >;
};

test("the oracle knows every unit and every calculation that the console knows", () => {
  const affixed = ["suffix:pages", "prefix:#"];
  const asked = [...Object.keys(expected.units), ...Object.keys(expected.moments)];
  expect(asked.sort()).toEqual([...Object.keys(units), ...affixed].sort());
  const calculations = Object.keys(Object.values(expected.reducers)[0]?.results ?? {});
  expect(calculations.sort()).toEqual(Object.keys(reducers).sort());
});

/** A place in which the console deliberately writes something else than Grafana, and why. */
interface Difference {
  readonly because: string;
  readonly covers: (unit: string, value: number) => boolean;
}

const differences: readonly Difference[] = [
  {
    because: "a quotient of nothing by nothing is no number: a dash says so where Grafana writes NaN",
    covers: (_, value) => Number.isNaN(value),
  },
  {
    because:
      "infinity has no size: it keeps its unit, which Grafana drops, scales up or replaces by `undefined`",
    covers: (_, value) => Math.abs(value) === Number.POSITIVE_INFINITY,
  },
];

test("every difference is needed", () => {
  for (const { because, covers } of differences) {
    const covered = Object.entries(expected.units).flatMap(([unit, { auto = {} }]) =>
      Object.entries(auto)
        .filter(([value]) => covers(unit, Number(value)))
        .map(([value, text]) => [showValue({ unit }, Number(value)).text, text]),
    );
    expect(
      covered.some(([our, text]) => our !== text),
      because,
    ).toBe(true);
  }
});

describe.each(Object.entries(expected.units))("a value in %s", (unit, byDecimals) => {
  test.each(Object.entries(byDecimals))("with %s decimals reads as in Grafana", (decimals, texts) => {
    const field = { unit, ...(decimals !== "auto" && { decimals: Number(decimals) }) };
    const values = Object.keys(texts).filter(
      (value) => !differences.some(({ covers }) => covers(unit, Number(value))),
    );
    const ours = Object.fromEntries(values.map((value) => [value, showValue(field, Number(value)).text]));
    expect(ours).toEqual(Object.fromEntries(values.map((value) => [value, texts[value]])));
  });
});

const numberOf = (value: Value): number | null => (value === null ? null : Number(value));

describe.each(Object.entries(expected.reducers))("a series of %s", (_, { values, results }) => {
  test.each(Object.entries(results))("has Grafana's %s", (id, result) => {
    expect(reduce(id, values.map(numberOf))).toEqual(numberOf(result));
  });
});

describe("a moment", () => {
  beforeAll(() => {
    vi.useFakeTimers({ now: expected.now, toFake: ["Date"] });
  });
  afterAll(() => {
    vi.useRealTimers();
  });

  /** Grafana was asked for UTC; the console writes the reader's own time. */
  const inLocalTime = (utcMs: number): number => utcMs + new Date(utcMs).getTimezoneOffset() * 60_000;

  test.each(Object.entries(expected.moments.dateTimeAsIso ?? {}))("%s reads as in Grafana", (value, text) => {
    expect(showValue({ unit: "dateTimeAsIso" }, inLocalTime(Number(value))).text).toBe(text);
  });

  /** "1 hour ago" stands in one column with "2 hours ago" and is as quickly read; Grafana writes "an hour ago". */
  const inDigits = (text: string): string =>
    text.replace(/\ban? few seconds\b/, "0 seconds").replace(/\ban? (?=minute|hour|day|month|year)/, "1 ");

  test.each(Object.entries(expected.moments.dateTimeFromNow ?? {}))(
    "%s is told relative to now as in Grafana, but in digits",
    (value, text) => {
      expect(showValue({ unit: "dateTimeFromNow" }, Number(value)).text).toBe(inDigits(text));
    },
  );
});
