import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { METRICS_RETENTION_DAYS } from "@watchkeeper/catalogue/retention";
import type { Configuration } from "./configuration.ts";
import { prepareDatabase } from "./databases.ts";
import type { ProcessDefinition } from "./definition.ts";
import { prometheusData } from "./demo-history.ts";
import type { StateFolder } from "./paths.ts";
import { portOf } from "./ports.ts";
import { clusterFolder, type PostgresHome, postgresCommand } from "./postgres.ts";
import { httpProbe, postgresProbe, redisProbe } from "./probes.ts";
import { type Secrets, writePrivate } from "./secrets.ts";
import type { ToolCommand, Tools } from "./tools.ts";

/** What the definitions of servers are made from. */
export interface ServerInputs {
  readonly portBase: number;
  readonly state: StateFolder;
  readonly secrets: Secrets;
  readonly tools: Tools;
  readonly postgres: PostgresHome;
  readonly configuration: Configuration;
  /** What Prometheus' rules go on from, where that is being written. */
  readonly pastIsThere?: Promise<void> | undefined;
}

const SYSTEM_ENV = { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", TZ: "UTC" };

/** Addresses, with passwords, at which our processes find their stores. */
export function storeUrls(portBase: number, secrets: Secrets) {
  const postgres = (user: string, password: string, port: number, database: string): string =>
    `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
  const directory = portOf(portBase, "directory-postgres", "postgres");
  const pager = portOf(portBase, "pager-postgres", "postgres");
  return {
    directorySuperuser: postgres("postgres", secrets["directory-postgres-superuser"], directory, "postgres"),
    directory: postgres("directory_app", secrets["directory-postgres-app"], directory, "directory"),
    directoryOwner: postgres("directory", secrets["directory-postgres-owner"], directory, "directory"),
    pagerSuperuser: postgres("postgres", secrets["pager-postgres-superuser"], pager, "postgres"),
    pager: postgres("pager", secrets["pager-postgres-pager"], pager, "pager"),
    redis: `redis://:${secrets.redis}@127.0.0.1:${portOf(portBase, "redis", "redis")}`,
  };
}

/** Every server that is not our own code. */
export function defineServers(inputs: ServerInputs): ProcessDefinition[] {
  const { portBase, state, secrets, tools, configuration } = inputs;
  const urls = storeUrls(portBase, secrets);
  const http = (name: "prometheus" | "alertmanager" | ExporterName): string =>
    `127.0.0.1:${portOf(portBase, name, "http")}`;

  const server = (
    definition: Pick<ProcessDefinition, "name" | "title" | "args" | "probe"> & Partial<ProcessDefinition>,
    tool: ToolCommand,
  ): ProcessDefinition => ({
    command: tool.path,
    cwd: state.run,
    after: [],
    stopSignal: "SIGTERM",
    isStore: false,
    sources: [],
    ...definition,
    env: { ...SYSTEM_ENV, ...tool.env, ...definition.env },
  });

  return [
    definePostgres(inputs, "directory-postgres", "Directory's PostgreSQL", urls.directorySuperuser, () =>
      prepareDatabase(
        urls.directorySuperuser,
        {
          name: "directory",
          owner: { name: "directory", password: secrets["directory-postgres-owner"] },
          extensions: ["pg_stat_statements", "pg_trgm"],
        },
        [
          // What it may do is granted by the directory's migrations; row-level security binds it.
          { name: "directory_app", password: secrets["directory-postgres-app"] },
          { name: "monitor", password: secrets["directory-postgres-monitor"], memberOf: "pg_monitor" },
        ],
      ),
    ),
    definePostgres(inputs, "pager-postgres", "Pager's PostgreSQL", urls.pagerSuperuser, () =>
      prepareDatabase(urls.pagerSuperuser, {
        name: "pager",
        owner: { name: "pager", password: secrets["pager-postgres-pager"] },
        extensions: [],
      }),
    ),
    server(
      {
        name: "redis",
        title: "Redis",
        args: [writeRedisConfiguration(inputs)],
        probe: redisProbe(urls.redis),
        isStore: true,
      },
      tools["redis-server"],
    ),
    server(
      {
        name: "prometheus",
        title: "Prometheus",
        args: [
          `--config.file=${configuration.prometheus}`,
          `--storage.tsdb.path=${prometheusData(state)}`,
          `--storage.tsdb.retention.time=${METRICS_RETENTION_DAYS}d`,
          `--web.listen-address=${http("prometheus")}`,
          `--web.external-url=http://${http("prometheus")}`,
          "--web.enable-lifecycle",
          "--enable-feature=exemplar-storage",
          "--alertmanager.notification-queue-capacity=50000",
          ...(tools.prometheus.webAssets ? [`--web.local-assets=${tools.prometheus.webAssets}`] : []),
        ],
        ...(inputs.pastIsThere && { before: inputs.pastIsThere }),
        probe: httpProbe(`http://${http("prometheus")}/-/ready`),
        address: `http://${http("prometheus")}`,
      },
      tools.prometheus,
    ),
    server(
      {
        name: "alertmanager",
        title: "Alertmanager",
        args: [
          `--config.file=${configuration.alertmanager}`,
          `--storage.path=${join(state.data, "alertmanager")}`,
          `--web.listen-address=${http("alertmanager")}`,
          `--web.external-url=http://${http("alertmanager")}`,
          "--cluster.listen-address=",
        ],
        probe: httpProbe(`http://${http("alertmanager")}/-/ready`),
        address: `http://${http("alertmanager")}`,
      },
      tools.alertmanager,
    ),
    server(exporter("node-exporter", "Host metrics", http("node-exporter"), []), tools["node-exporter"]),
    server(
      exporter("postgres-exporter", "PostgreSQL metrics", http("postgres-exporter"), [], {
        DATA_SOURCE_NAME: monitorUrl(portBase, secrets),
      }),
      tools["postgres-exporter"],
    ),
    server(
      {
        ...exporter("redis-exporter", "Redis metrics", http("redis-exporter"), [], {
          REDIS_PASSWORD: secrets.redis,
        }),
        args: [
          `-web.listen-address=${http("redis-exporter")}`,
          `-redis.addr=redis://127.0.0.1:${portOf(portBase, "redis", "redis")}`,
        ],
      },
      tools["redis-exporter"],
    ),
    server(
      exporter("blackbox-exporter", "Probes from outside", http("blackbox-exporter"), [
        `--config.file=${configuration.blackbox}`,
      ]),
      tools["blackbox-exporter"],
    ),
  ];
}

type ExporterName = "node-exporter" | "postgres-exporter" | "redis-exporter" | "blackbox-exporter";

const exporter = (
  name: ExporterName,
  title: string,
  address: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) => ({
  name,
  title,
  args: [`--web.listen-address=${address}`, ...args],
  env,
  probe: httpProbe(`http://${address}/`),
});

const monitorUrl = (portBase: number, secrets: Secrets): string =>
  `postgresql://monitor:${secrets["directory-postgres-monitor"]}@127.0.0.1:${portOf(portBase, "directory-postgres", "postgres")}/directory?sslmode=disable`;

function definePostgres(
  { portBase, postgres }: ServerInputs,
  name: "directory-postgres" | "pager-postgres",
  title: string,
  superuserUrl: string,
  prepare: () => Promise<void>,
): ProcessDefinition {
  const { command, args, uid } = postgresCommand(postgres, name, portOf(portBase, name, "postgres"));
  return {
    name,
    title,
    command,
    args,
    uid,
    cwd: clusterFolder(postgres, name),
    env: SYSTEM_ENV,
    after: [],
    probe: postgresProbe(superuserUrl),
    prepare,
    // PostgreSQL's fast, clean shutdown; SIGTERM would wait for every client to leave.
    stopSignal: "SIGINT",
    isStore: true,
    sources: [],
  };
}

/** Sessions and caches: a crash loses at most a second of them, and a full memory drops the oldest cached entries. */
function writeRedisConfiguration({ portBase, state, secrets }: ServerInputs): string {
  const data = join(state.data, "redis");
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const file = join(state.run, "redis.conf");
  const lines = [
    "bind 127.0.0.1",
    `port ${portOf(portBase, "redis", "redis")}`,
    `requirepass ${secrets.redis}`,
    `dir "${data}"`,
    "appendonly yes",
    "appendfsync everysec",
    'save ""',
    "maxmemory 64mb",
    "maxmemory-policy volatile-lru",
  ];
  writePrivate(file, `${lines.join("\n")}\n`);
  return file;
}
