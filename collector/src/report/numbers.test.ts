import { expect, test } from "vitest";
import { duration, percent, trend } from "./numbers.ts";

test.each([
  [1, 3, "100 %"],
  [0.99999, 1, "over 99.9 %"],
  [0.999, 2, "99.9 %"],
  [0.00001, 0, "under 1 %"],
  [0, 0, "0 %"],
  [2.976, 0, "298 %"],
])("a share of %d with %d digits is %s", (share, digits, text) => {
  expect(percent(share, digits)).toBe(text);
});

test.each([
  [0.0284, "28 ms"],
  [1.5, "1.5 s"],
  [89, "89 s"],
  [1_800, "30 min"],
  [7_500, "2 h 5 min"],
  [518_400, "6 days"],
])("%d seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([
  [30, 40, "25 % fewer than the week before"],
  [44, 40, "10 % more than the week before"],
  [40, 40, "as in the week before"],
  [5, 0, "none in the week before"],
  [5, 4, "4 in the week before"],
  [5, undefined, "the week before was not measured"],
])("%d after %j is %s", (now, before, text) => {
  expect(trend(now, before, "week")).toBe(text);
});
