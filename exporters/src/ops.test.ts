import { connect, createServer } from "node:net";
import { databaseQueryDurationSeconds } from "@watchkeeper/catalogue/metrics/database";
import { appDependencyUp } from "@watchkeeper/catalogue/metrics/dependency";
import { until } from "@watchkeeper/testing/poll";
import { afterEach, expect, test } from "vitest";
import type { Check } from "./check.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { type OpsServer, startOpsServer } from "./ops.ts";

let metrics: Metrics;
let server: OpsServer | undefined;
afterEach(() => server?.close());

async function start(
  checks: Record<string, Check> = {},
  metricsToken?: string,
): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  metrics = createMetrics();
  metrics.gauge(appDependencyUp).set({ dependency: "redis" }, 1);
  server = await startOpsServer({ host: "127.0.0.1", port: 0, metrics, metricsToken, checks });
  const { port } = server;
  return (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init);
}

test("/metrics is Prometheus' text format", async () => {
  const get = await start();
  const response = await get("/metrics");
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(await response.text()).toContain('app_dependency_up{dependency="redis"} 1\n');
});

test("/metrics is OpenMetrics for whoever asks for it, compressed where that helps", async () => {
  const get = await start();
  const accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";
  const small = await get("/metrics", { headers: { accept } });
  expect(small.headers.get("content-type")).toBe(
    "application/openmetrics-text; version=1.0.0; charset=utf-8",
  );
  expect(small.headers.get("content-encoding")).toBeNull();
  expect(await small.text()).toMatch(/# EOF\n$/);
  const names = Array.from({ length: 200 }, (_, i) => `query-${i}`);
  const histogram = metrics.histogram(databaseQueryDurationSeconds);
  for (const query of names) histogram.observe({ query }, 0.01);
  const large = await get("/metrics");
  expect(large.headers.get("content-encoding")).toBe("gzip");
  expect(await large.text()).toContain('database_query_duration_seconds_count{query="query-7"} 1\n');
  const plain = await get("/metrics", { headers: { "accept-encoding": "identity" } });
  expect(plain.headers.get("content-encoding")).toBeNull();
});

test("with a token set, only who carries it sees /metrics; health is for all", async () => {
  const get = await start({}, "s3cret");
  const stranger = await get("/metrics");
  expect([stranger.status, stranger.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  for (const authorization of ["Bearer wrong", "Bearer", "Basic s3cret", "Bearer s3cret2"])
    expect((await get("/metrics", { headers: { authorization } })).status).toBe(401);
  expect((await get("/metrics", { headers: { authorization: "Bearer s3cret" } })).status).toBe(200);
  expect((await get("/healthz")).status).toBe(200);
});

test("a scrape that is broken off ends there, and the next one is whole", async () => {
  const get = await start();
  const histogram = metrics.histogram(databaseQueryDurationSeconds);
  for (let i = 0; i < 99; i++) histogram.observe({ query: `q${i}` }, 0.01);
  const controller = new AbortController();
  const broken = get("/metrics", { signal: controller.signal }).then((response) => response.text());
  controller.abort();
  await expect(broken).rejects.toThrow();
  expect(await (await get("/metrics")).text()).toContain('_count{query="q98"} 1\n');
});

test.each(["identity", "gzip"])(
  "whoever reads nothing of a scrape in %s and goes away leaves nothing running",
  async (encoding) => {
    let asked = 0;
    let ended = false;
    async function* scrape(): AsyncGenerator<Buffer, void> {
      try {
        for (; ; asked++) yield Buffer.from(`m${asked} ${Math.random()}\n`.repeat(3_000));
      } finally {
        ended = true;
      }
    }
    server = await startOpsServer({ host: "127.0.0.1", port: 0, metrics: { scrape }, checks: {} });
    const socket = connect(server.port, "127.0.0.1").pause();
    socket.write(`GET /metrics HTTP/1.1\r\nhost: x\r\naccept-encoding: ${encoding}\r\n\r\n`);
    let last = -1;
    await until("the connection to be full", async () => {
      const isStill = asked > 3 && asked === last;
      last = asked;
      return isStill || undefined;
    });
    expect(ended).toBe(false);
    socket.destroy();
    await until("the scrape to end", () => ended || undefined);
  },
);

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
