import { expect, test } from "vitest";
import { readMetricsToken } from "./metrics-token.ts";

test("the token of /metrics is optional, and too short a one is refused without being told", () => {
  expect(readMetricsToken({})).toBeUndefined();
  expect(readMetricsToken({ WATCHKEEPER_METRICS_TOKEN: "a".repeat(16) })).toBe("a".repeat(16));
  expect(() => readMetricsToken({ WATCHKEEPER_METRICS_TOKEN: "short" })).toThrow(
    /^Cannot read the settings: WATCHKEEPER_METRICS_TOKEN: must have at least 16 characters$/,
  );
  expect(() => readMetricsToken({ WATCHKEEPER_METRICS_TOKEN: "long but with spaces" })).toThrow(
    "without spaces",
  );
  expect(() => readMetricsToken({ WATCHKEEPER_METRICS_TOKENS: "x" })).toThrow("there is no such setting");
});
