import { expect, test } from "vitest";
import { createGate, GateFullError } from "./gate.ts";

test("work runs in the order it came, a few at once, and what cannot even wait is refused", async () => {
  const gate = createGate({ running: 2, waiting: 2 });
  const begun: number[] = [];
  const finish: ((error?: Error) => void)[] = [];
  const work = (id: number) =>
    gate.run(() => {
      begun.push(id);
      return new Promise<number>((resolve, reject) => {
        finish[id] = (error) => (error ? reject(error) : resolve(id));
      });
    });
  const results = [0, 1, 2, 3].map(work);
  await expect(work(4)).rejects.toThrow(GateFullError);
  expect(begun).toEqual([0, 1]);

  finish[0]?.(new Error("failed"));
  await expect(results[0]).rejects.toThrow("failed");
  await expect.poll(() => begun).toEqual([0, 1, 2]);
  finish[1]?.();
  await expect.poll(() => begun).toEqual([0, 1, 2, 3]);
  finish[2]?.();
  finish[3]?.();
  expect(await Promise.all(results.slice(1))).toEqual([1, 2, 3]);

  const again = work(5);
  finish[5]?.();
  expect(await again).toBe(5);
});
