import { expect, test } from "vitest";
import { decideRetry, type FailedDelivery } from "./retry.ts";

const DAY_MS = 24 * 60 * 60_000;

const failed = (changes: Partial<FailedDelivery>): FailedDelivery => ({
  id: "0b7e",
  kind: "announce",
  priority: "P1",
  failures: 0,
  ageMs: 0,
  ...changes,
});

const stepsOf = (changes: Partial<FailedDelivery>, ladder?: "mail-deferred"): number[] =>
  Array.from({ length: 9 }, (_, failures) => {
    const decision = decideRetry(failed({ ...changes, failures }), ladder);
    return decision.again ? decision.afterMs / 1_000 : Number.NaN;
  });

const near = (seconds: readonly number[]) =>
  seconds.map((step) => expect.toSatisfy((value: number) => Math.abs(value - step) <= step * 0.2 + 0.001));

test("a page climbs to one attempt a minute and stays there", () => {
  expect(stepsOf({})).toEqual(near([1, 2, 4, 8, 15, 30, 60, 60, 60]));
});

test("a ticket climbs to one attempt every quarter of an hour", () => {
  expect(stepsOf({ priority: "P2" })).toEqual(near([5, 30, 60, 300, 900, 900, 900, 900, 900]));
});

test("a mail server that defers is given the time it wants", () => {
  expect(stepsOf({}, "mail-deferred")).toEqual(
    near([60, 300, 900, 1_800, 3_600, 3_600, 3_600, 3_600, 3_600]),
  );
});

test("the announcement of a page is tried for ever, everything else for a day", () => {
  const old = { ageMs: 30 * DAY_MS, failures: 1_000 };
  expect(decideRetry(failed(old)).again).toBe(true);
  expect(decideRetry(failed(old), "mail-deferred").again).toBe(true);
  expect(decideRetry(failed({ ...old, kind: "again" })).again).toBe(true);
  expect(decideRetry(failed({ ...old, priority: "P2" }))).toEqual({ again: false, reason: "too-old" });
  expect(decideRetry(failed({ ...old, kind: "resolve" }))).toEqual({ again: false, reason: "too-old" });
  expect(decideRetry(failed({ ageMs: DAY_MS - 1, kind: "resolve" })).again).toBe(true);
});

test("deliveries that failed together do not come back together", () => {
  const delays = new Set(
    Array.from({ length: 20 }, (_, n) => JSON.stringify(decideRetry(failed({ id: String(n), failures: 6 })))),
  );
  expect(delays.size).toBeGreaterThan(15);
});
