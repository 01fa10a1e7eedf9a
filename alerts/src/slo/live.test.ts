import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { until } from "@watchkeeper/testing/poll";
import { toolPath } from "@watchkeeper/testing/tools";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderSloRules } from "./rules.ts";
import { defineTiming } from "./timing.ts";

/** Everything once a second, so that minutes become seconds. */
const timing = defineTiming({ interval: 1, lag: 2, reach: 60 }, 1);
const EVENTS_PER_SECOND = 100;

/** Two promises on one histogram: whoever mixes them up counts too much. */
const watched = slos.filter(({ name }) => ["DirectoryLatency", "DirectorySearchLatency"].includes(name));

const folder = mkdtempSync(join(tmpdir(), "watchkeeper-live-"));

/** A service whose counters grow with time until they are told to stop. Every tenth answer is slow. */
class Target {
  readonly #start = Date.now();
  #stoppedAt: number | undefined;
  readonly served: number[] = [];
  delayMs = 0;
  readonly server: Server = createServer((_request, response) => {
    setTimeout(() => {
      const count = this.count();
      this.served.push(count);
      const fast = count - Math.floor(count / 10);
      const of = (route: string, le?: string) =>
        `http_request_duration_seconds_${le ? "bucket" : "count"}{method="GET",route="${route}",status="200"${le ? `,le="${le}"` : ""}}`;
      const routes = ["/api/employees", "/api/me"];
      response.setHeader("Content-Type", "text/plain; version=0.0.4");
      response.end(
        `${routes.flatMap((route) => [`${of(route, "0.15")} ${fast}`, `${of(route, "2")} ${fast}`, `${of(route)} ${count}`]).join("\n")}\n`,
      );
    }, this.delayMs);
  });
  count(): number {
    return Math.floor((((this.#stoppedAt ?? Date.now()) - this.#start) * EVENTS_PER_SECOND) / 1_000) + 1_000;
  }
  stop(): void {
    this.#stoppedAt = Date.now();
  }
}

const target = new Target();
let prometheus: ChildProcess;
let port: number;

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}

async function startPrometheus(): Promise<void> {
  prometheus = spawn(
    toolPath("prometheus"),
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--web.enable-lifecycle",
      "--log.level=error",
    ],
    { stdio: "ignore" },
  );
  await until(
    "Prometheus to be ready",
    async () => ((await fetch(`http://127.0.0.1:${port}/-/ready`)).ok ? true : undefined),
    30_000,
  );
}

async function query(expr: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expr)}`);
  const { data } = (await response.json()) as {
    data: { result: { metric: { slo?: string }; value: [number, string] }[] };
  };
  return new Map(data.result.map(({ metric, value }) => [metric.slo ?? "", Number(value[1])]));
}

/** Waits until evaluations have counted beyond what they have now. */
async function goOn(seconds: number): Promise<void> {
  const before = (await query(sloSeries.eventsCumulative)).get("DirectoryLatency") ?? 0;
  await until(
    "events to be counted",
    async () => {
      const now = (await query(sloSeries.eventsCumulative)).get("DirectoryLatency") ?? 0;
      return now > before + 2 * seconds * EVENTS_PER_SECOND ? true : undefined;
    },
    40_000,
  );
}

/** Lets the counters stand still until two evaluations in a row have counted nothing more. */
async function settled() {
  const last = target.count();
  await until(
    "the last value to be scraped",
    () => (target.served.at(-1) === last ? true : undefined),
    20_000,
  );
  await until(
    "all to be counted",
    async () => {
      const delta = (await query(`max_over_time(${sloSeries.eventsDelta}[4s])`)).get("DirectoryLatency");
      return delta === 0 ? true : undefined;
    },
    20_000,
  );
  return { events: await query(sloSeries.eventsCumulative), errors: await query(sloSeries.errorsCumulative) };
}

beforeAll(async () => {
  await new Promise<void>((resolve) => target.server.listen(0, "127.0.0.1", resolve));
  const { port: targetPort } = target.server.address() as AddressInfo;
  port = await freePort();
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "slo.yml"), renderSloRules(watched, timing));
  writeFileSync(
    join(folder, "prometheus.yml"),
    JSON.stringify({
      global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
      rule_files: ["slo.yml"],
      scrape_configs: [{ job_name: "app", static_configs: [{ targets: [`127.0.0.1:${targetPort}`] }] }],
    }),
  );
  await startPrometheus();
}, 60_000);

afterAll(async () => {
  if (prometheus?.exitCode === null && prometheus.signalCode === null) {
    const ended = once(prometheus, "exit");
    prometheus.kill("SIGKILL");
    await ended;
  }
  target.server.closeAllConnections();
  target.server.close();
  rmSync(folder, { recursive: true });
});

test("a real Prometheus counts a slow target, reloads and is killed, and never counts too much", async () => {
  await goOn(3);
  target.delayMs = 700;
  await goOn(3);
  target.delayMs = 0;

  // A changed file makes Prometheus replace the group of rules.
  writeFileSync(join(folder, "slo.yml"), `${renderSloRules(watched, timing)}# changed\n`);
  await fetch(`http://127.0.0.1:${port}/-/reload`, { method: "POST" });
  await goOn(3);

  const died = once(prometheus, "exit");
  prometheus.kill("SIGKILL");
  await died;
  await startPrometheus();
  await goOn(3);
  target.stop();
  const { events, errors } = await settled();

  const happened = (target.served.at(-1) ?? 0) - (target.served[0] ?? 0);
  // What one pause may cost: an interval and a lag, and another for an evaluation that came late.
  const mayBeLost = (timing.interval * 2 + timing.lag) * EVENTS_PER_SECOND;
  const search = events.get("DirectorySearchLatency") ?? Number.NaN;
  expect(search).toBeLessThanOrEqual(happened);
  expect(search).toBeGreaterThanOrEqual(happened - mayBeLost);
  expect(events.get("DirectoryLatency")).toBe(2 * search);
  const failed = errors.get("DirectorySearchLatency") ?? Number.NaN;
  expect(Math.abs(failed - search / 10)).toBeLessThanOrEqual(10);
  expect(errors.get("DirectoryLatency")).toBe(2 * failed);

  const rules = await fetch(`http://127.0.0.1:${port}/api/v1/rules`);
  const { data } = (await rules.json()) as {
    data: { groups: { rules: { health: string; lastError?: string }[] }[] };
  };
  const sick = data.groups.flatMap((group) => group.rules.filter(({ health }) => health === "err"));
  expect(sick).toEqual([]);
}, 180_000);
