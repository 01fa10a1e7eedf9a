import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderSloRules } from "@watchkeeper/alerts/slo/rules";
import { defineTiming } from "@watchkeeper/alerts/slo/timing";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { DEFAULT_PORT_BASE, type Service, type ServiceName, services } from "@watchkeeper/catalogue/services";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { writeConfiguration } from "@watchkeeper/native/configuration";
import { freeBase } from "@watchkeeper/native/free-base";
import { until } from "@watchkeeper/testing/poll";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { createTestRedis } from "@watchkeeper/testing/redis";
import { toolPath } from "@watchkeeper/testing/tools";
import { ROOT } from "../repository.ts";
import { exposition } from "./test-exposition.ts";

/** A Prometheus with our configuration and rules that watches real exporters, and stand-ins for our processes. */
export interface TestWorld {
  readonly prometheusUrl: string;
  stop(): Promise<void>;
}

const all = Object.entries(services) as [ServiceName, Service][];
async function listen(port: number, answer: (path: string) => string | undefined): Promise<Server> {
  const server = createServer((request, response) => {
    const body = answer(request.url ?? "/");
    response.writeHead(body === undefined ? 404 : 200, { "content-type": "text/plain; version=0.0.4" });
    response.end(body);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await exited;
  clearTimeout(timer);
}

/** An alert of the kind that asks something of a person, so that panels of alerts have something to show. */
const FIRING = {
  groups: [
    {
      name: "test",
      rules: [
        {
          alert: "SomethingIsWrong",
          expr: "vector(1)",
          labels: { severity: "ticket", service: "app", owner: "directory" },
        },
      ],
    },
  ],
};

/** The rules of promises have an interval of their own. */
const EACH_SECOND = defineTiming({ interval: 1, lag: 2, reach: 60 }, 1);

/** Starts it all and waits until every target has been scraped a few times and every rule been evaluated. */
export async function startTestWorld(): Promise<TestWorld> {
  const folder = mkdtempSync(join(tmpdir(), "watchkeeper-world-"));
  const [base, database, redis] = await Promise.all([freeBase(), createTestDatabase(), createTestRedis()]);
  const port = (service: ServiceName, purpose = "http"): number => {
    const ports: Readonly<Record<string, number>> = services[service].ports;
    return base + (ports[purpose] ?? 0) - DEFAULT_PORT_BASE;
  };
  const at = (service: ServiceName): string => `127.0.0.1:${port(service)}`;

  writeFileSync(join(folder, "token"), "a token for this test alone");
  const run = join(folder, "run");
  mkdirSync(run);
  const configuration = writeConfiguration(join(ROOT, "prometheus"), run, base, join(folder, "token"));
  const databaseName = new URL(database.url).pathname.slice(1);
  const faster = readFileSync(configuration.prometheus, "utf8")
    .replace(/scrape_interval: \w+/, "scrape_interval: 1s")
    .replace(/scrape_timeout: \w+/, "scrape_timeout: 1s")
    .replace(/evaluation_interval: \w+/, "evaluation_interval: 1s")
    .replace(
      "  - job_name: postgres-exporter\n",
      "  - job_name: postgres-exporter\n    metric_relabel_configs:\n" +
        `      - { source_labels: [datname], regex: ${databaseName}, target_label: datname, replacement: directory }\n`,
    );
  writeFileSync(configuration.prometheus, faster);
  writeFileSync(join(run, "rules/slo.yml"), renderSloRules(slos, EACH_SECOND));
  writeFileSync(join(run, "rules/test.yml"), JSON.stringify(FIRING));

  const startedMs = Date.now();
  const ours = all.filter(([, { ours, scrapePort }]) => ours && scrapePort !== undefined);
  const targets = await Promise.all([
    ...ours.map(([name]) =>
      listen(port(name, "ops"), (path) =>
        path === "/metrics" ? exposition(name, startedMs, Date.now()) : undefined,
      ),
    ),
    listen(port("app"), (path) => (path === "/healthz" ? "ok" : undefined)),
  ]);
  const start = (
    tool: Parameters<typeof toolPath>[0],
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): ChildProcess =>
    spawn(toolPath(tool), args, { cwd: run, env: { ...process.env, ...env }, stdio: "ignore" });
  const redisUrl = new URL(redis.url);
  const children = [
    start("node-exporter", [`--web.listen-address=${at("node-exporter")}`]),
    start("postgres-exporter", [`--web.listen-address=${at("postgres-exporter")}`], {
      DATA_SOURCE_NAME: `${database.url}?sslmode=disable`,
    }),
    start("redis-exporter", [
      `-web.listen-address=${at("redis-exporter")}`,
      `-redis.addr=redis://${redisUrl.host}`,
    ]),
    start("blackbox-exporter", [
      `--web.listen-address=${at("blackbox-exporter")}`,
      `--config.file=${configuration.blackbox}`,
    ]),
    start("alertmanager", [
      `--web.listen-address=${at("alertmanager")}`,
      `--config.file=${configuration.alertmanager}`,
      `--storage.path=${join(folder, "alertmanager")}`,
      "--cluster.listen-address=",
    ]),
    start("prometheus", [
      `--config.file=${configuration.prometheus}`,
      `--storage.tsdb.path=${join(folder, "prometheus")}`,
      `--web.listen-address=${at("prometheus")}`,
    ]),
  ];
  const world: TestWorld = {
    prometheusUrl: `http://${at("prometheus")}`,
    async stop() {
      await Promise.all(children.map(end));
      for (const server of targets) {
        server.closeAllConnections();
        server.close();
      }
      await database.drop();
      await redis.clear();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await until("every target to have been scraped five times", () => everythingScraped(world), 60_000);
  } catch (error) {
    await world.stop();
    throw error;
  }
  return world;
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: { readonly result: readonly Series[] };
}

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

async function ask<T>(
  world: TestWorld,
  path: string,
  parameters: Readonly<Record<string, string>>,
): Promise<T> {
  const response = await fetch(`${world.prometheusUrl}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  return (await response.json()) as T;
}

/** What Prometheus says of an expression right now. @throws Error with Prometheus' own words */
export async function queryNow(world: TestWorld, query: string): Promise<readonly Series[]> {
  const answer = await ask<Answer>(world, "query", { query });
  if (answer.status !== "success") throw new Error(answer.error);
  return answer.data.result;
}

/** What Prometheus says of an expression over the last half minute. @throws Error with Prometheus' own words */
export async function queryRange(world: TestWorld, query: string): Promise<readonly Series[]> {
  const nowS = Date.now() / 1_000;
  const answer = await ask<Answer>(world, "query_range", {
    query,
    start: String(nowS - 30),
    end: String(nowS),
    step: "2",
  });
  if (answer.status !== "success") throw new Error(answer.error);
  return answer.data.result;
}

/** The values that a label has in the series of a selector. */
export async function labelValues(
  world: TestWorld,
  selector: string,
  label: string,
): Promise<readonly string[]> {
  const { data } = await ask<{ data: readonly string[] }>(world, `label/${label}/values`, {
    "match[]": selector,
  });
  return data;
}

async function everythingScraped(world: TestWorld): Promise<true | undefined> {
  const scrapes = await queryNow(world, "sum_over_time(up[1m])");
  const recorded = await queryNow(world, '{__name__=~"job:.*",job="app"}');
  const errors = await queryNow(world, `increase(${sloSeries.errorsCumulative}[1m]) > 0`);
  const jobs = new Set(
    scrapes.filter(({ value }) => Number(value?.[1]) >= 5).map(({ metric }) => metric.job),
  );
  const expected = all.filter(([, { scrapePort }]) => scrapePort !== undefined).length + 1;
  // Of what is evaluated seldom, the last that a board asks for.
  const paces = await queryNow(world, `${sloSeries.burnRate6h} > 0`);
  return jobs.size === expected && recorded.length >= 2 && errors.length > 0 && paces.length > 0
    ? true
    : undefined;
}
