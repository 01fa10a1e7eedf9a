import { expect, test } from "vitest";
import { exportDependencies } from "./dependency.ts";
import { createMetrics } from "./metrics.ts";

test("a dependency is up while its check passes in time, and the probe gives the reasons of the others", async () => {
  const metrics = createMetrics();
  let redis: () => Promise<void> = async () => undefined;
  const probe = exportDependencies(metrics, { postgres: async () => undefined, redis: () => redis() }, 20);
  const lines = async () =>
    (await metrics.registry.metrics()).split("\n").filter((line) => line.startsWith("app_"));

  expect((await probe()).size).toBe(0);
  expect(await lines()).toEqual([
    'app_dependency_up{dependency="postgres"} 1',
    'app_dependency_up{dependency="redis"} 1',
  ]);

  redis = () => new Promise(() => undefined);
  expect(await probe()).toEqual(new Map([["redis", new Error("no answer within 20 ms")]]));
  expect(await lines()).toContain('app_dependency_up{dependency="redis"} 0');
});
