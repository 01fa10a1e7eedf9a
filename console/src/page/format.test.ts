import { expect, test } from "vitest";
import { formatAge, formatRate, formatRatio, formatSeconds, shortened } from "./format.ts";

test.each([
  [formatRate, 0, "0"],
  [formatRate, 0.0667, "0.07"],
  [formatRate, 8.2449, "8.24"],
  [formatRate, 98.76, "98.8"],
  [formatRate, 1_234.5, "1235"],
  [formatRate, 12_345, "12.3k"],
  [formatRatio, 0, "0 %"],
  [formatRatio, 0.00001, "< 0.01 %"],
  [formatRatio, 0.0224, "2.24 %"],
  [formatRatio, 1, "100 %"],
  [formatSeconds, 0, "0 ms"],
  [formatSeconds, 0.0004, "< 1 ms"],
  [formatSeconds, 0.0125, "12.5 ms"],
  [formatSeconds, 1.5, "1.50 s"],
  [formatAge, 59_000, "59 s"],
  [formatAge, 119 * 60_000, "119 min"],
  [formatAge, 120 * 60_000, "2 h"],
  [formatAge, 48 * 3_600_000, "2 days"],
])("%o of %d reads %j", (format, value, text) => {
  expect(format(value)).toBe(text);
});

test.each([
  ["20.0", "20"],
  ["2.50 ms", "2.5 ms"],
  ["2.00 %", "2 %"],
  ["100", "100"],
  ["12.0k", "12k"],
])("on an axis %j is %j", (text, short) => {
  expect(shortened(text)).toBe(short);
});
