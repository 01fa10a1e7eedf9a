import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { topLists } from "@watchkeeper/catalogue/top-lists";
import { instrumentHttp } from "@watchkeeper/exporters/http";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { startOpsServer } from "@watchkeeper/exporters/ops";
import { type Clock, systemClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import express from "express";
import type { IncidentDetails } from "./incidents/model.ts";
import { type Console, startConsole } from "./server.ts";
import type { Settings } from "./settings.ts";
import type { UpstreamLimits } from "./upstream/fetch-json.ts";

/** What tests of the console run it against: a real Prometheus, a real target, a pager that says what it is told. */

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const listen = (server: Server, port = 0): Promise<void> =>
  new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

export const PAGER_TOKEN = "pager-api-token";
export const COLLECTOR_TOKEN = "collector-api-token";

export interface TestPager {
  readonly url: string;
  incidents: IncidentDetails[];
  close(): Promise<void>;
}

/** Speaks the pager's API. */
export async function startTestPager(): Promise<TestPager> {
  const app = express();
  app.use((req, res, next) => {
    if (req.get("authorization") === `Bearer ${PAGER_TOKEN}`) return next();
    res.status(401).json({ error: { code: "unauthorized", message: "no" } });
  });
  app.get("/api/incidents", (req, res) => {
    const wantsResolved = req.query.state === "resolved";
    const incidents = pager.incidents
      .filter(({ state }) => (state === "resolved") === wantsResolved)
      .sort((a, b) => b.number - a.number)
      .slice(0, Number(req.query.limit))
      .map(({ timeline, deliveries, description, ...incident }) => incident);
    res.json({ incidents });
  });
  app.get("/api/incidents/:id", (req, res) => {
    const found = pager.incidents.find(({ number }) => String(number) === req.params.id);
    if (found) res.json(found);
    else res.status(404).json({ error: { code: "not_found", message: "no" } });
  });
  const server = createServer(app);
  await listen(server);
  const pager: TestPager = {
    url: `http://127.0.0.1:${portOf(server)}`,
    incidents: [],
    close: () => close(server),
  };
  return pager;
}

/** Speaks as much of the collector's API as boards ask for: lists of one row. */
export async function startTestCollector(): Promise<{ url: string; close(): Promise<void> }> {
  const app = express();
  app.get("/api/top/:list", (req, res) => {
    const list = req.params.list === "profiles" ? topLists.profiles : topLists["search-terms"];
    res.json({ columns: list.columns, rows: [["payroll", "Northlight Health", 12, 7]] });
  });
  const server = createServer(app);
  await listen(server);
  return { url: `http://127.0.0.1:${portOf(server)}`, close: () => close(server) };
}

export interface TestTarget {
  readonly metricsPort: number;
  /** Asks the target for `/work?status=…`. */
  ask(status?: number): Promise<void>;
  close(): Promise<void>;
}

/** A small service with our instruments. */
export async function startTestTarget(): Promise<TestTarget> {
  const metrics = createMetrics();
  const app = express();
  instrumentHttp(app, metrics);
  app.get("/work", (req, res) => void res.sendStatus(Number(req.query.status)));
  const server = createServer(app);
  await listen(server);
  const ops = await startOpsServer({ host: "127.0.0.1", port: 0, metrics, checks: {} });
  return {
    metricsPort: ops.port,
    async ask(status = 200) {
      const answer = await fetch(`http://127.0.0.1:${portOf(server)}/work?status=${status}`);
      await answer.arrayBuffer();
    },
    close: async () => {
      await Promise.all([close(server), ops.close()]);
    },
  };
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface TestPrometheus {
  readonly url: string;
  /** Ends it; what it stored stays for `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A real Prometheus that scrapes every second.
 *
 * @param path of the program
 * @param jobs port of /metrics by job
 * @param fill puts blocks into the folder of its data before it starts
 */
export async function startTestPrometheus(
  path: string,
  jobs: Readonly<Record<string, number>>,
  fill: (folder: string) => Promise<void> = async () => {},
): Promise<TestPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), "watchkeeper-console-"));
  await fill(join(folder, "data"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder, "prometheus.yml");
  const scrapes = Object.entries(jobs).map(([job, target]) => ({
    job_name: job,
    static_configs: [{ targets: [`127.0.0.1:${target}`] }],
  }));
  // YAML is a superset of JSON.
  await writeFile(
    config,
    JSON.stringify({ global: { scrape_interval: "1s", scrape_timeout: "1s" }, scrape_configs: scrapes }),
  );

  let child: ChildProcess | undefined;
  const isReady = (): Promise<boolean> =>
    fetch(`${url}/-/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
  const start = async (): Promise<void> => {
    const listenAt = `--web.listen-address=127.0.0.1:${port}`;
    child = spawn(
      path,
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${folder}/data`,
        "--storage.tsdb.retention.time=1y",
        "--enable-feature=exemplar-storage",
        listenAt,
      ],
      {
        stdio: "ignore",
      },
    );
    const deadline = Date.now() + 20_000;
    while (!(await isReady())) {
      if (Date.now() > deadline) throw new Error("Prometheus was not ready within 20 s");
      await systemClock.sleep(50);
    }
  };
  const stop = async (): Promise<void> => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null) return;
    const ended = new Promise((resolve) => ending.once("exit", resolve));
    ending.kill("SIGTERM");
    await ended;
  };
  await start();
  return {
    url,
    start,
    stop,
    async close() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface TestConsole extends Console {
  readonly url: string;
  readonly folder: string;
  readonly tokenFile: string;
  /** Signs in with the current token. @returns the Cookie header of the session */
  signIn(): Promise<string>;
}

export interface TestConsoleOptions {
  readonly prometheusUrl?: string;
  readonly pagerUrl?: string;
  readonly collectorUrl?: string;
  readonly clock?: Clock;
  readonly limits?: UpstreamLimits;
  readonly settings?: Partial<Settings>;
}

/** A console in a folder of its own; `close` removes it. Upstreams that are not given cannot be reached. */
export async function startTestConsole(options: TestConsoleOptions = {}): Promise<TestConsole> {
  const folder = await mkdtemp(join(tmpdir(), "watchkeeper-console-"));
  const tokenFile = join(folder, "token");
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  const web = await startConsole({
    settings: {
      host: "127.0.0.1",
      httpPort: 0,
      opsPort: 0,
      publicUrl: "http://127.0.0.1:4700",
      prometheusUrl: options.prometheusUrl ?? nowhere,
      pagerUrl: options.pagerUrl ?? nowhere,
      pagerApiToken: PAGER_TOKEN,
      collectorUrl: options.collectorUrl ?? nowhere,
      collectorApiToken: COLLECTOR_TOKEN,
      sessionSecret: "a secret of at least thirty-two characters",
      loginTokenPath: tokenFile,
      runbooksDir: folder,
      boardsDir: folder,
      ...options.settings,
    },
    metrics: createMetrics(),
    log: createLog("console", "silent"),
    clock: options.clock ?? systemClock,
    ...(options.limits && { limits: options.limits }),
  });
  const url = `http://127.0.0.1:${web.port}`;
  return {
    ...web,
    url,
    folder,
    tokenFile,
    async signIn() {
      const token = (await readFile(tokenFile, "utf8")).trim();
      const answer = await fetch(`${url}/login?token=${token}`, { redirect: "manual" });
      return (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    },
    async close() {
      await web.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An incident for tests and pictures. */
export function testIncident(number: number, fields: Partial<IncidentDetails> = {}): IncidentDetails {
  const at = (minutesAgo: number): string => new Date(Date.now() - minutesAgo * 60_000).toISOString();
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
    number,
    title: "ServiceDown: The Company Directory is down.",
    description: "No instance of the Company Directory has answered Prometheus for a minute.",
    severity: "page",
    state: "triggered",
    service: "app",
    startedAt: at(4),
    updatedAt: at(1),
    resolvedAt: null,
    runbookUrl: "http://localhost:4700/runbooks/ServiceDown",
    dashboardUrl: "http://localhost:4700/boards/overview",
    panelUrl: "http://localhost:4700/boards/watchkeeper?viewPanel=1",
    logsUrl: "http://localhost:4700/logs/app",
    alerts: 1,
    timeline: [
      { at: at(4), kind: "triggered", text: "ServiceDown began to fire" },
      { at: at(3.9), kind: "announce-sent", text: "Slack #alerts has it" },
      { at: at(3.8), kind: "announce-sent", text: "PagerDuty has it" },
      { at: at(1), kind: "acknowledged", text: "by Ada" },
    ],
    deliveries: [
      { channel: "slack", kind: "announce", state: "sent", reason: null, attempts: 1, sentAt: at(3.9) },
      { channel: "pagerduty", kind: "announce", state: "sent", reason: null, attempts: 2, sentAt: at(3.8) },
      {
        channel: "email",
        kind: "announce",
        state: "dead",
        reason: "550 no such user",
        attempts: 1,
        sentAt: null,
      },
    ],
    ...fields,
  };
}
