import { expect, test } from "vitest";
import { createManualClock } from "./clock.ts";

test("sleepers wake in the order in which they are due, each at its own time", async () => {
  const clock = createManualClock(1_000);
  const woken: [string, number][] = [];
  void clock.sleep(200).then(() => woken.push(["late", clock.now()]));
  void clock.sleep(100).then(() => woken.push(["early", clock.now()]));
  await clock.advance(99);
  expect(woken).toEqual([]);
  await clock.advance(500);
  expect(woken).toEqual([
    ["early", 1_100],
    ["late", 1_200],
  ]);
  expect(clock.now()).toBe(1_599);
});

test("an aborted sleep ends at once", async () => {
  const clock = createManualClock();
  const controller = new AbortController();
  const sleeping = clock.sleep(1_000, controller.signal);
  controller.abort();
  await sleeping;
  expect(clock.now()).toBe(0);
});
