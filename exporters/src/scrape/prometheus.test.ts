import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get, type Server } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@watchkeeper/testing/poll";
import { toolPath } from "@watchkeeper/testing/tools";
import express from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countLogins } from "../auth.ts";
import { countCacheLookups } from "../cache.ts";
import { type Instrumented, instrument } from "../instrument.ts";
import type { OpsServer } from "../ops.ts";
import { countSearches } from "../search.ts";

let folder: string;
let prometheus: ChildProcess;
let prometheusUrl: string;
let instrumented: Instrumented;
let server: Server;
let ops: OpsServer;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

beforeAll(async () => {
  const app = express();
  instrumented = instrument(app, {
    version: "1.0.0",
    tenantOf: ({ locals }) => locals.tenant,
    exampleOf: () => ({ trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" }),
  });
  countLogins(instrumented.metrics);
  countCacheLookups(instrumented.metrics);
  countSearches(instrumented.metrics);
  app.get("/items/:id", (request, response) => {
    response.locals.tenant = `tenant-${Number(request.params.id) % 40}`;
    response.status(Number(request.params.id) % 10 === 0 ? 503 : 200).end("x".repeat(100));
  });
  server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  ops = await instrumented.serveMetrics({ port: 0 });

  folder = mkdtempSync(join(tmpdir(), "watchkeeper-scrape-"));
  writeFileSync(
    join(folder, "prometheus.yml"),
    `{ global: { scrape_interval: 1s, scrape_timeout: 1s },
       scrape_configs: [{ job_name: app, static_configs: [{ targets: ["127.0.0.1:${ops.port}"] }] }] }`,
  );
  const port = await freePort();
  prometheusUrl = `http://127.0.0.1:${port}`;
  prometheus = spawn(
    toolPath("prometheus"),
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--enable-feature=exemplar-storage",
      "--log.level=error",
    ],
    { stdio: "ignore" },
  );
});
afterAll(async () => {
  const exited = once(prometheus, "exit");
  prometheus.kill();
  await exited;
  rmSync(folder, { recursive: true });
  instrumented.http.close();
  server.close().closeAllConnections();
  await ops.close();
});

/** The values of a query by their labels, as text. */
async function ask(query: string): Promise<Record<string, number>> {
  const response = await fetch(`${prometheusUrl}/api/v1/query?${new URLSearchParams({ query })}`);
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return Object.fromEntries(
    data.result.map(({ metric, value }) => [Object.values(metric).sort().join(" "), Number(value[1])]),
  );
}

const metricsAs = async (accept: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${ops.port}/metrics`, { headers: { accept } })).text();

test("a real Prometheus that scrapes under load has exactly what was sent", { timeout: 60_000 }, async () => {
  await until("the first scrape", async () => Object.values(await ask("up == 1"))[0], 30_000);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const { port } = server.address() as AddressInfo;
  const sent = { "200": 0, "503": 0 };
  const visit = (id: number): Promise<void> =>
    new Promise((resolve, reject) => {
      get({ port, host: "127.0.0.1", path: `/items/${id}`, agent }, (response) => {
        sent[String(response.statusCode) as "200" | "503"]++;
        response.resume().once("end", resolve);
      }).once("error", reject);
    });
  const total = 4_000;
  for (let id = 0; id < total; id += 40) {
    await Promise.all(Array.from({ length: 40 }, (_, n) => visit(id + n)));
  }
  agent.destroy();
  expect(sent).toEqual({ "200": total * 0.9, "503": total * 0.1 });

  const byStatus = 'sum by (status) (http_requests_total{route="/items/:id"})';
  await until("the last request", async () => {
    const { "200": answered, "503": failed } = await ask(byStatus);
    return answered === sent["200"] && failed === sent["503"] ? true : undefined;
  });
  const durations = 'sum(http_request_duration_seconds_count{route="/items/:id"})';
  expect(Object.values(await ask(durations))).toEqual([total]);
  expect(Object.values(await ask('sum(http_request_duration_seconds_bucket{le="+Inf"})'))).toEqual([total]);
  expect(await ask("sum by (request_result) (tenant_requests_total)")).toEqual({
    ok: sent["200"],
    error: sent["503"],
  });
  expect(Object.values(await ask("count(tenant_requests_total > 0)"))[0]).toBeLessThanOrEqual(2 * 26);
  expect(Object.values(await ask("http_requests_in_flight"))).toEqual([0]);
  expect(Object.values(await ask("min_over_time(up[1m])"))).toEqual([1]);

  const range = { start: String(Date.now() / 1_000 - 60), end: String(Date.now() / 1_000 + 1) };
  const parameters = new URLSearchParams({ query: "http_request_duration_seconds_bucket", ...range });
  const exemplars = await (await fetch(`${prometheusUrl}/api/v1/query_exemplars?${parameters}`)).json();
  expect(JSON.stringify(exemplars)).toContain("4bf92f3577b34da6a3ce929d0e0e4736");
});

test("promtool has nothing to say against the metrics", async () => {
  const { status, stdout, stderr } = spawnSync(toolPath("promtool"), ["check", "metrics"], {
    input: await metricsAs("text/plain"),
    encoding: "utf8",
  });
  const said = `${stdout}${stderr}`.split("\n").filter((line) => line !== "");
  expect(said).toEqual([]);
  expect(status).toBe(0);
});
