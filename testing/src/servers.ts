import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "@watchkeeper/native/free-port";
import { PROJECT_ROOT } from "@watchkeeper/native/paths";
import {
  ensureCluster,
  postgresCommand,
  preparePostgresHome,
  removePostgresHome,
} from "@watchkeeper/native/postgres";
import { obtainTools, type Tools } from "@watchkeeper/native/tools";
import { Client } from "pg";
import { createClient } from "redis";
import { until } from "./poll.ts";

/** The real servers that the tests of one run share. */
export interface TestServers {
  /** Superuser on a PostgreSQL 15 of their own. */
  readonly postgresUrl: string;
  readonly redisUrl: string;
  readonly tools: Tools;
  stop(): Promise<void>;
}

const STOP_BUDGET_MS = 5_000;

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_BUDGET_MS);
  await exited;
  clearTimeout(timer);
}

async function startPostgres(folder: string): Promise<{ url: string; child: ChildProcess }> {
  const home = preparePostgresHome(folder);
  const password = "test-only";
  await ensureCluster(home, "tests", password);
  const port = await freePort();
  const { command, args, uid, cwd } = postgresCommand(home, "tests", port);
  const speed = ["-c", "max_connections=200"];
  const child = spawn(command, [...args, ...speed], {
    cwd,
    stdio: "ignore",
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  await until("PostgreSQL", async () => {
    const client = new Client({ connectionString: url });
    client.on("error", () => undefined);
    try {
      await client.connect();
      return true;
    } finally {
      await client.end().catch(() => undefined);
    }
  });
  return { url, child };
}

async function startRedis(tools: Tools): Promise<{ url: string; child: ChildProcess }> {
  const port = await freePort();
  const { path, env } = tools["redis-server"];
  const args = [
    "--bind",
    "127.0.0.1",
    "--port",
    String(port),
    "--save",
    "",
    "--appendonly",
    "no",
    "--databases",
    "64",
  ];
  const child = spawn(path, args, { env: { ...process.env, ...env }, stdio: "ignore" });
  const url = `redis://127.0.0.1:${port}`;
  await until("Redis", async () => {
    const client = createClient({ url, socket: { reconnectStrategy: false } });
    client.on("error", () => undefined);
    await client.connect();
    client.destroy();
    return true;
  });
  return { url, child };
}

/** Starts PostgreSQL and Redis for one run of the tests, in a folder of its own that `stop` removes. */
export async function startTestServers(): Promise<TestServers> {
  const folder = join(PROJECT_ROOT, ".watchkeeper", `test-${process.pid}`);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const tools = await obtainTools((line) => process.stderr.write(`test servers: ${line}\n`));
  const [postgres, redis] = await Promise.all([startPostgres(folder), startRedis(tools)]);
  return {
    postgresUrl: postgres.url,
    redisUrl: redis.url,
    tools,
    async stop() {
      await Promise.all([end(postgres.child, "SIGINT"), end(redis.child, "SIGTERM")]);
      removePostgresHome(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
