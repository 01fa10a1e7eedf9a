import { expect, test } from "vitest";
import { beginsBetween, type CalendarUnit, isZone, periodAt } from "./calendar.ts";

const seconds = (instant: string): number => Date.parse(instant) / 1_000;
const iso = (at: number): string => new Date(at * 1_000).toISOString().replace(".000Z", "Z");

test.each<[CalendarUnit, string, string, string, string]>([
  ["month", "Etc/UTC", "2026-02-14T12:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"],
  // Summer time begins on 29 March and ends on 25 October: such a month is an hour shorter or longer.
  ["month", "Europe/Berlin", "2026-03-29T01:30:00Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"],
  ["month", "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"],
  ["week", "America/New_York", "2026-03-08T12:00:00Z", "2026-03-02T05:00:00Z", "2026-03-09T04:00:00Z"],
  ["week", "Asia/Kathmandu", "2026-01-01T00:00:00Z", "2025-12-28T18:15:00Z", "2026-01-04T18:15:00Z"],
  ["quarter", "Europe/Berlin", "2026-05-05T00:00:00Z", "2026-03-31T22:00:00Z", "2026-06-30T22:00:00Z"],
  ["quarter", "Pacific/Kiritimati", "2026-12-31T10:00:00Z", "2026-12-31T10:00:00Z", "2027-03-31T10:00:00Z"],
  ["year", "America/Sao_Paulo", "2026-01-01T02:59:59Z", "2025-01-01T03:00:00Z", "2026-01-01T03:00:00Z"],
  // Beirut has no midnight on the day on which its summer time begins, a Sunday; here its week is looked at.
  ["week", "Asia/Beirut", "2026-03-29T00:00:00Z", "2026-03-22T22:00:00Z", "2026-03-29T21:00:00Z"],
])("a %s in %s that holds %s lasts from %s to %s", (each, zone, at, from, to) => {
  const period = periodAt({ each, zone }, seconds(at));
  expect({ from: iso(period.from), to: iso(period.to) }).toEqual({ from, to });
});

test("the last second of a period is its own, and the next second that of the next one", () => {
  const month = { each: "month", zone: "Europe/Berlin" } as const;
  const { from, to } = periodAt(month, seconds("2026-10-10T00:00:00Z"));
  expect(periodAt(month, to - 1)).toEqual({ from, to });
  expect(periodAt(month, to).from).toBe(to);
  expect(periodAt(month, to, -1)).toEqual({ from, to });
  expect(periodAt(month, from - 1, 1)).toEqual({ from, to });
});

test("periods follow each other without a gap, for years", () => {
  const week = { each: "week", zone: "Europe/London" } as const;
  const begins = beginsBetween(week, seconds("2026-01-01T00:00:00Z"), seconds("2031-01-01T00:00:00Z"));
  expect(begins).toHaveLength(262);
  const lengths = begins.slice(1).map((begin, i) => (begin - (begins[i] as number)) / 3_600);
  // Twice a year the clocks are moved.
  expect(lengths.filter((hours) => hours === 167)).toHaveLength(5);
  expect(lengths.filter((hours) => hours === 169)).toHaveLength(5);
  expect(new Set(lengths)).toEqual(new Set([167, 168, 169]));
});

test("a zone that nobody has heard of is none", () => {
  expect(isZone("Europe/Berlin")).toBe(true);
  expect(isZone("Europe/Springfield")).toBe(false);
});
