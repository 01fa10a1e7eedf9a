import { expect, test } from "vitest";
import { checkAll, renderOutcome } from "./laws.ts";

const told: string[] = [];

test("each law is told in one line with its time, and what breaks it below", async () => {
  const outcomes = await checkAll(
    [
      { name: "holds", check: async () => [] },
      { name: "broken", check: async () => ["a.ts: wrong", "b.ts: wrong"] },
      { name: "stumbles", check: () => Promise.reject(new Error("no such program")) },
    ],
    (outcome) => told.push(renderOutcome(outcome)),
  );
  expect(told[0]).toMatch(/^ok {5}holds \(\d+\.\d s\)$/);
  expect(told[1]).toMatch(/^BROKEN broken \(\d+\.\d s\)\n {7}a\.ts: wrong\n {7}b\.ts: wrong$/);
  expect(told[2]).toMatch(/^BROKEN stumbles .*\n {7}the check itself failed: Error: no such program/);
  expect(outcomes.map(({ problems }) => problems.length > 0)).toEqual([false, true, true]);
});
