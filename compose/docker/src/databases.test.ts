import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { requireRestrictedRole } from "@watchkeeper/app/database-role";
import { migrate as migrateDirectory } from "@watchkeeper/app/migrate";
import { migrate as migrateCollector } from "@watchkeeper/collector/database/migrate";
import { freePort } from "@watchkeeper/native/free-port";
import { PROJECT_ROOT } from "@watchkeeper/native/paths";
import {
  ensureCluster,
  postgresCommand,
  preparePostgresHome,
  removePostgresHome,
} from "@watchkeeper/native/postgres";
import { migrate as migratePager } from "@watchkeeper/pager/database/migrate";
import { createLog } from "@watchkeeper/process/log";
import { until } from "@watchkeeper/testing/poll";
import { Client, escapeLiteral } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeTestSecrets, onHost, type TestSecrets } from "./test-environment.ts";
import { loadStack, readStackFile } from "./test-stack.ts";

/** A server of its own, as in a container: roles belong to a server, and other tests have some of the same name. */
let folder: string;
let server: ChildProcess;
let secrets: TestSecrets;
let port: number;

const secret = (name: string): string => readFileSync(join(secrets.folder, name), "utf8").trim();
/** An address that make-secrets.sh has made, with this server's place in it. */
const here = (name: string): string => {
  const url = new URL(secret(name));
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return url.href;
};
const as = (user: string, password: string, database: string): string =>
  `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;

async function query(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Runs a script as the image's entry point does, with the few commands of psql that ours use. */
async function runScript(name: string, superuser: string): Promise<void> {
  const variables = new Map<string, string>();
  let database = "postgres";
  let statement = "";
  for (const line of readStackFile(name).split("\n")) {
    const [, variable = "", file = ""] = /^\\set (\w+) `cat (.+)`$/.exec(line) ?? [];
    const [, connect] = /^\\connect (\w+)$/.exec(line) ?? [];
    if (variable !== "") variables.set(variable, readFileSync(onHost(file, secrets.folder), "utf8").trim());
    else if (connect !== undefined) database = connect;
    else if (!line.startsWith("\\") && !line.startsWith("--")) statement += `${line}\n`;
    if (!/;\s*$/.test(statement)) continue;
    const text = statement.replace(/:'(\w+)'/g, (_, key: string) => escapeLiteral(variables.get(key) ?? ""));
    statement = "";
    await query(as("postgres", superuser, database), text);
  }
}

beforeAll(async () => {
  secrets = makeTestSecrets();
  const state = join(PROJECT_ROOT, ".watchkeeper");
  mkdirSync(state, { recursive: true, mode: 0o711 });
  folder = mkdtempSync(join(state, "test-docker-"));
  const home = preparePostgresHome(folder);
  const superuser = secret("directory-postgres-superuser");
  await ensureCluster(home, "docker", superuser);
  port = await freePort();
  const { command, args, uid, cwd } = postgresCommand(home, "docker", port);
  server = spawn(command, args, { cwd, stdio: "ignore", ...(uid === undefined ? {} : { uid, gid: uid }) });
  await until(
    "PostgreSQL",
    async () => (await query(as("postgres", superuser, "postgres"), "SELECT 1")).length === 1,
  );
  await runScript("postgres/directory.sql", superuser);
  await runScript("postgres/pager.sql", superuser);
});

afterAll(async () => {
  const ended = once(server, "exit");
  server.kill("SIGQUIT");
  await ended;
  removePostgresHome(folder);
  rmSync(folder, { recursive: true, force: true });
  secrets.remove();
});

test("the directory migrates as the owner, and is held to row-level security as its own role", async () => {
  expect((await migrateDirectory(here("directory-owner-url"))).length).toBeGreaterThan(5);
  const client = new Client({ connectionString: here("directory-url") });
  await client.connect();
  try {
    const ask = { query: (_name: string, text: string) => client.query(text) };
    await expect(requireRestrictedRole(ask as never)).resolves.toBeUndefined();
  } finally {
    await client.end();
  }
});

test("Grafana reads the two tables of its panels and nothing else, and changes nothing", async () => {
  await migrateCollector(here("directory-owner-url"));
  const grafana = as("grafana_reader", secret("directory-postgres-grafana"), "directory");
  await expect(query(grafana, "SELECT * FROM collector.top_term")).rejects.toThrow("permission denied");
  // What the container grafana-rights runs once the tables are there.
  await query(here("directory-owner-url"), readStackFile("postgres/grafana-rights.sql"));
  expect(await query(grafana, "SELECT * FROM collector.top_term, collector.top_profile")).toEqual([]);
  await expect(query(grafana, "SELECT * FROM employee")).rejects.toThrow("permission denied");
  await expect(query(grafana, "SELECT * FROM collector.person")).rejects.toThrow("permission denied");
  await expect(query(grafana, "CREATE TEMP TABLE x (y int)")).rejects.toThrow("read-only");
});

test("the exporter sees the queries of all, and no row of the directory", async () => {
  const monitor = as("monitor", secret("directory-postgres-monitor"), "directory");
  expect(await query(monitor, "SELECT 1 FROM pg_stat_statements LIMIT 1")).toHaveLength(1);
  await expect(query(monitor, "SELECT * FROM employee")).rejects.toThrow("permission denied");
});

test("the pager owns its database, and knows no other", async () => {
  await migratePager(here("pager-url"), createLog("pager", "silent"));
  expect(await query(here("pager-url"), "SELECT count(*)::int AS installs FROM install")).toEqual([
    { installs: 1 },
  ]);
});

test("a password that is wrong opens nothing", async () => {
  await expect(query(as("directory", "guessed", "directory"), "SELECT 1")).rejects.toThrow(
    "password authentication",
  );
});

test("the servers are told the same as natively", () => {
  const { command = [] } = loadStack("prod").services["directory-postgres"] ?? {};
  const native = postgresCommand(preparePostgresHome(folder), "docker", 1).args;
  // Memory apart, of which a container has more, and where it listens, which the image's variables say.
  for (const setting of [
    "max_connections=60",
    "shared_preload_libraries=pg_stat_statements",
    "timezone=UTC",
  ]) {
    expect(native).toContain(setting);
    expect(command).toContain(setting);
  }
});
