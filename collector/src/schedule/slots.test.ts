import { expect, test } from "vitest";
import { createSlots } from "./slots.ts";

const after = (cron: string, zone: string, at: string): string =>
  new Date(createSlots(cron, zone).after(Date.parse(at))).toISOString();

test.each([
  ["*/15 * * * * *", "UTC", "2026-11-09T10:00:15.000Z", "2026-11-09T10:00:30.000Z"],
  ["*/5 * * * *", "UTC", "2026-11-09T10:00:00Z", "2026-11-09T10:05:00.000Z"],
  ["0 7 * * 1", "Europe/Berlin", "2026-11-09T06:00:00Z", "2026-11-16T06:00:00.000Z"],
  // The night in which clocks go back has 02:30 twice, the one in which they go forward not at all.
  ["0 7 * * *", "Europe/Berlin", "2026-10-24T06:00:00Z", "2026-10-25T06:00:00.000Z"],
  ["30 2 * * *", "Europe/Berlin", "2026-03-28T02:00:00Z", "2026-03-30T00:30:00.000Z"],
])("%s in %s is next due after %s at %s", (cron, zone, at, expected) => {
  expect(after(cron, zone, at)).toBe(expected);
});

test.each([
  ["* * * *", "UTC", "it is no cron expression"],
  ["* * * * *", "Mars/Olympus", "there is no such time zone"],
])("%s in %s is refused", (cron, zone, reason) => {
  expect(() => createSlots(cron, zone)).toThrow(reason);
});
