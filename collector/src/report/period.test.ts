import { expect, test } from "vitest";
import { endOf, lastPeriod, parsePeriod, periodBefore, periodInWords, startOf } from "./period.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

test.each([
  // ISO 8601: the week with the year's first Thursday is its first.
  ["2026-W01", "UTC", "2025-12-29T00:00:00.000Z", "2026-01-05T00:00:00.000Z"],
  ["2026-W46", "Europe/Berlin", "2026-11-08T23:00:00.000Z", "2026-11-15T23:00:00.000Z"],
  // Clocks go back on the 25th: this week has an hour more.
  ["2026-W43", "Europe/Berlin", "2026-10-18T22:00:00.000Z", "2026-10-25T23:00:00.000Z"],
  ["2020-W53", "UTC", "2020-12-28T00:00:00.000Z", "2021-01-04T00:00:00.000Z"],
  ["2026-02", "America/New_York", "2026-02-01T05:00:00.000Z", "2026-03-01T05:00:00.000Z"],
  ["2028-02", "UTC", "2028-02-01T00:00:00.000Z", "2028-03-01T00:00:00.000Z"],
])("%s in %s is from %s to %s", (name, zone, from, to) => {
  const period = parsePeriod(name, zone);
  expect([iso(startOf(period)), iso(endOf(period))]).toEqual([from, to]);
  expect(period.name).toBe(name);
});

test.each([
  "2026-W54",
  "2025-W53",
  "2026-W00",
  "2026-13",
  "2026-00",
  "26-W01",
  "2026",
  "last week",
  "1999-W01",
])("%s is no period", (name) => {
  expect(() => parsePeriod(name, "UTC")).toThrow(`Cannot report on "${name}"`);
});

test("the last period is the one that is wholly over, where the collector is at home", () => {
  const at = Date.parse("2026-11-08T23:30:00Z");
  expect(lastPeriod("week", at, "UTC").name).toBe("2026-W44");
  expect(lastPeriod("week", at, "Europe/Berlin").name).toBe("2026-W45");
  expect(lastPeriod("month", Date.parse("2026-01-15T00:00:00Z"), "UTC").name).toBe("2025-12");
  expect(periodBefore(parsePeriod("2026-W01", "UTC")).name).toBe("2025-W52");
  expect(periodBefore(parsePeriod("2026-03", "UTC")).name).toBe("2026-02");
});

test("a period reads like a sentence's part", () => {
  expect(periodInWords(parsePeriod("2026-W46", "UTC"))).toBe("Monday 9 to Sunday 15 November 2026");
});
