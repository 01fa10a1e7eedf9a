import { createServer } from "node:net";
import { appDependencyUp } from "@watchkeeper/catalogue/metrics/dependency";
import { afterEach, expect, test } from "vitest";
import type { Check } from "./check.ts";
import { createMetrics } from "./metrics.ts";
import { type OpsServer, startOpsServer } from "./ops.ts";

let server: OpsServer | undefined;
afterEach(() => server?.close());

async function start(
  checks: Record<string, Check> = {},
): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const metrics = createMetrics();
  metrics.gauge(appDependencyUp).set({ dependency: "redis" }, 1);
  server = await startOpsServer({ host: "127.0.0.1", port: 0, metrics, checks });
  const { port } = server;
  return (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init);
}

test("/metrics is Prometheus' text format", async () => {
  const get = await start();
  const response = await get("/metrics");
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(await response.text()).toContain('app_dependency_up{dependency="redis"} 1\n');
});

test("/healthz answers while the process lives, whatever its dependencies do", async () => {
  const get = await start({ postgres: () => Promise.reject(new Error("away")) });
  const response = await get("/healthz");
  expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
});

test("/readyz is 200 when every check passes", async () => {
  const get = await start({ postgres: async () => undefined });
  const response = await get("/readyz");
  expect([response.status, await response.json()]).toEqual([
    200,
    { status: "ready", checks: { postgres: "ok" } },
  ]);
});

test("/readyz is 503 with the reason of each failing check, one that never answers included", async () => {
  let aborted = false;
  const get = await start({
    postgres: () => Promise.reject(new Error("connect ECONNREFUSED\nmore")),
    redis: (signal) =>
      new Promise(() =>
        signal.addEventListener("abort", () => {
          aborted = true;
        }),
      ),
  });
  const response = await get("/readyz");
  expect([response.status, await response.json()]).toEqual([
    503,
    { status: "not ready", checks: { postgres: "connect ECONNREFUSED", redis: "no answer within 2000 ms" } },
  ]);
  expect(aborted).toBe(true);
});

test.each([
  ["/", "GET", 404],
  ["/constructor", "GET", 404],
  ["/metrics", "POST", 405],
  ["/metrics?x=1", "HEAD", 200],
])("%s with %s answers %i", async (path, method, status) => {
  const get = await start();
  expect((await get(path, { method })).status).toBe(status);
});

test("a port that is taken is an error of the start", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as { port: number };
  const metrics = createMetrics();
  await expect(startOpsServer({ host: "127.0.0.1", port, metrics, checks: {} })).rejects.toThrow(
    "EADDRINUSE",
  );
  await new Promise((resolve) => other.close(resolve));
});
