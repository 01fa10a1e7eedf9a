import { promql } from "@watchkeeper/catalogue/promql";
import { expect, test } from "vitest";
import { lengthOf, oneAfterAnother } from "./worlds.ts";

test.each([
  ["1", 1],
  ["1x4", 5],
  ["0+15x80", 81],
  ["_x4 1", 5],
  ["1x10 0x50 stale", 63],
])("%s are %i samples", (values, length) => {
  expect(lengthOf(values)).toBe(length);
});

test("what the second world does not have is gone, and what it alone has begins with it", () => {
  const before = [
    { series: promql`a`, values: "1x3" },
    { series: promql`b`, values: "0+1x5" },
  ];
  const after = [
    { series: promql`a`, values: "2x3" },
    { series: promql`c`, values: "3" },
  ];
  expect(oneAfterAnother(before, 6, after).map(({ series, values }) => `${series}: ${values}`)).toEqual([
    "a: 1x3 _x2 2x3",
    "b: 0+1x5  stale",
    "c: _x6 3",
  ]);
});
