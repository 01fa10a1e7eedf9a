import { expect, test } from "vitest";
import { createRandom } from "../demo/random.ts";
import { type Action, chooseAction, MIX } from "./mix.ts";
import { shareOfPeak } from "./shape.ts";

/** 16 November 2026 is a Monday. */
const monday = (hour: number, minute = 0): Date => new Date(2026, 10, 16, hour, minute);

test("the day has a morning and an afternoon peak, a lunch dip and a night that is never silent", () => {
  expect(shareOfPeak(monday(10))).toBe(1);
  expect(shareOfPeak(monday(15))).toBe(1);
  expect(shareOfPeak(monday(12))).toBeLessThan(shareOfPeak(monday(10)));
  const day = Array.from({ length: 24 * 60 }, (_, minute) => shareOfPeak(monday(0, minute)));
  expect(Math.min(...day)).toBeGreaterThan(0.1);
  expect(Math.max(...day)).toBe(1);
});

test("the pace changes smoothly, over midnight too", () => {
  for (let minute = 0; minute < 24 * 60; minute++) {
    const step = shareOfPeak(monday(0, minute + 1)) - shareOfPeak(monday(0, minute));
    expect(Math.abs(step)).toBeLessThan(0.01);
  }
});

test("weekends are quieter", () => {
  expect(shareOfPeak(new Date(2026, 10, 21, 10))).toBeCloseTo(0.6);
});

test("actions come in the shares of the mix, and 3 to 5 per cent of them go wrong", () => {
  const random = createRandom(7);
  const seen = new Map<Action, number>();
  for (let i = 0; i < 100_000; i++) {
    const action = chooseAction(random);
    seen.set(action, (seen.get(action) ?? 0) + 1);
  }
  for (const [action, percent] of Object.entries(MIX)) {
    expect((seen.get(action as Action) ?? 0) / 1_000).toBeCloseTo(percent, 0);
  }
  const wrong = MIX.wrong_password + MIX.missing_employee + MIX.missing_page + MIX.empty_search;
  expect(wrong).toBeGreaterThanOrEqual(3);
  expect(wrong).toBeLessThanOrEqual(5);
});
