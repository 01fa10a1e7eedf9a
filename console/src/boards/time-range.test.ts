import { expect, test } from "vitest";
import { alignRange, parseDuration, parseMoment, parseRange, stepOf } from "./time-range.ts";

const now = new Date(2026, 10, 18, 15, 30).getTime() / 1_000;
const at = (...parts: [number, number, number?, number?]): number =>
  new Date(2026, ...parts).getTime() / 1_000;

test.each([
  ["15s", 15],
  ["500ms", 0.5],
  ["1h30m", 5_400],
  ["7d", 604_800],
])("%s is a duration", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each(["", "5", "m5", "5m x", "-5m"])("%j is none", (text) => {
  expect(() => parseDuration(text)).toThrow(`Cannot read "${text}" as a duration`);
});

test.each([
  ["now", now],
  ["now-6h", now - 21_600],
  ["now/d", at(10, 18)],
  ["now-1d/d", at(10, 17)],
  ["now/w", at(10, 16)],
  ["now/M", at(10, 1)],
  ["1700000000000", 1_700_000_000],
  ["2026-11-18T15:30:00", now],
])("%s is a moment", (text, seconds) => {
  expect(parseMoment(text, now)).toBe(seconds);
});

test("a whole day ends with its last millisecond", () => {
  expect(parseRange({ from: "now/d", to: "now/d" }, now)).toEqual({
    from: at(10, 18),
    to: at(10, 19) - 0.001,
  });
});

test.each([
  [{ from: "yesterday", to: "now" }, 'Cannot read "yesterday" as the beginning of a time range'],
  [{ from: "now-1h", to: "never" }, 'Cannot read "never" as the end'],
  [{ from: "now", to: "now-1h" }, "ends before it begins"],
  [{ from: "now-40y", to: "now" }, "more than ten years"],
])("%j is no span", (text, message) => {
  expect(() => parseRange(text, now)).toThrow(message);
});

test.each([
  [3_600, 800, 15, 15],
  [21_600, 800, 15, 30],
  [86_400, 800, 15, 120],
  [30 * 86_400, 800, 15, 3_600],
  [3_600, 10, 15, 300],
  [86_400, 1e9, 0.001, 7.855],
])("%i s on %i points with steps of at least %d s have one of %d s", (span, points, smallest, step) => {
  const found = stepOf({ from: 0, to: span }, points, smallest);
  if (step === 7.855) expect(span / found).toBeLessThan(11_000);
  else expect(found).toBe(step);
});

test("ten years never ask for more points than Prometheus answers", () => {
  const range = { from: 0, to: 10 * 365 * 86_400 };
  const step = stepOf(range, 1_500, 15);
  expect((range.to - range.from) / step).toBeLessThan(11_000);
});

test("the same minute asks the same question", () => {
  expect(alignRange({ from: 1_003, to: 2_017 }, 30)).toEqual({ from: 990, to: 2_010 });
});
