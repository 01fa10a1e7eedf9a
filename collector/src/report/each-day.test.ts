import { expect, test } from "vitest";
import { eachDay } from "./each-day.ts";

test("days that are alike are asked of at once, the long day of autumn and one that is not over alone", async () => {
  // Midnights of Berlin: clocks go back on Sunday 25 October.
  const midnights = [
    "2026-10-23T22:00Z",
    "2026-10-24T22:00Z",
    "2026-10-25T23:00Z",
    "2026-10-26T23:00Z",
    "2026-10-27T23:00Z",
    "2026-10-28T11:30Z",
  ].map((text) => Date.parse(text));
  const days = midnights.slice(1).map((toMs, i) => ({ fromMs: midnights[i] ?? 0, toMs }));
  const asked: [string, number, number][] = [];
  const found = await eachDay(
    {
      async queryRange(expression, times, step) {
        asked.push([expression, times.length, step]);
        return times.map((at) => [{ labels: {}, value: at }]);
      },
    },
    (during) => `errors${during}`,
    days,
  );
  const hour = 3_600;
  expect(asked).toEqual([
    ["errors[86399999ms]", 1, 24 * hour],
    ["errors[89999999ms]", 1, 25 * hour],
    ["errors[86399999ms]", 2, 24 * hour],
    ["errors[44999999ms]", 1, 12.5 * hour],
  ]);
  expect(found.map(([sample]) => (sample?.value ?? 0) * 1_000)).toEqual(midnights.slice(1));
});
