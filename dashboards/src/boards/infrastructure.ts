import {
  type ForeignMetric,
  pgUp,
  probeSslEarliestCertExpiry,
  redisUp,
} from "@watchkeeper/catalogue/external";
import {
  nodeCpuSecondsTotal,
  nodeDiskReadBytesTotal,
  nodeDiskWrittenBytesTotal,
  nodeFilesystemAvailBytes,
  nodeFilesystemSizeBytes,
  nodeLoad1,
  nodeMemoryAvailableBytes,
  nodeMemoryTotalBytes,
  nodeNetworkReceiveBytesTotal,
  nodeNetworkTransmitBytesTotal,
} from "@watchkeeper/catalogue/foreign/node";
import {
  pgDatabaseSizeBytes,
  pgLocksCount,
  pgSettingsMaxConnections,
  pgStatActivityCount,
  pgStatActivityMaxTxDuration,
  pgStatDatabaseBlksHit,
  pgStatDatabaseBlksRead,
  pgStatDatabaseDeadlocks,
  pgStatDatabaseXactCommit,
  pgStatDatabaseXactRollback,
} from "@watchkeeper/catalogue/foreign/postgres";
import {
  redisCommandsDurationSecondsTotal,
  redisCommandsTotal,
  redisConnectedClients,
  redisEvictedKeysTotal,
  redisMemoryUsedBytes,
} from "@watchkeeper/catalogue/foreign/redis";
import { redisServerSlowKeysCommands } from "@watchkeeper/catalogue/metrics/redis";
import { type Expr, not, notMatch, promql, series } from "@watchkeeper/catalogue/promql";
import { defineBoard } from "../board.ts";
import { label, query, rateInterval } from "../query.ts";
import { atLeast, atMost, falling, neutral, rising } from "../thresholds.ts";

/** File systems that lie in memory or show the same disk a second time. */
const disks = { fstype: notMatch("tmpfs|devtmpfs|ramfs|squashfs") } as const;
const devices = { device: notMatch("lo|veth.*|br-.*|docker.*|ifb.*") } as const;
const directory = { datname: "directory" } as const;

const processor = promql`1 - avg(rate(${series(nodeCpuSecondsTotal, { mode: "idle" })}[${rateInterval}]))`;
const memory = promql`1 - sum(${series(nodeMemoryAvailableBytes)}) / sum(${series(nodeMemoryTotalBytes)})`;
const disk = promql`
  1 - max by (mountpoint) (${series(nodeFilesystemAvailBytes, disks)})
    / max by (mountpoint) (${series(nodeFilesystemSizeBytes, disks)})`;
const connections = promql`
  sum(${series(pgStatActivityCount)}) / max(${series(pgSettingsMaxConnections)})`;

const perSecond = (counter: Expr): Expr => promql`sum(rate(${counter}[${rateInterval}]))`;

/** Whether a server answers the exporter that asks it. */
const answers = (metric: ForeignMetric) =>
  ({
    type: "stat",
    width: 4,
    metric,
    unit: "bool_yes_no",
    queries: [query(promql`min(${series(metric)})`)],
    words: { 0: "away", 1: "there" },
    thresholds: atLeast(1),
    sparkline: false,
  }) as const;

const DAY = 86_400;

export const infrastructure = defineBoard({
  uid: "infrastructure",
  title: "Infrastructure",
  about: "Do the host, PostgreSQL and Redis have enough of everything?",
  tags: ["host", "postgres", "redis"],
  span: "6h",
  links: ["overview", "performance", "watchkeeper"],
  rows: [
    {
      title: "Now",
      panels: [
        {
          ...answers(pgUp),
          key: "postgres",
          title: "PostgreSQL",
          about: "Whether the directory's database answers.",
          runbooks: ["DatabaseUnreachable"],
        },
        {
          ...answers(redisUp),
          key: "redis",
          title: "Redis",
          about: "Whether Redis answers. Without it nobody can sign in.",
        },
        {
          type: "stat",
          key: "processor",
          title: "Processor in use",
          about: "Share of all processors' time that is used. The aim is below 70 %.",
          width: 4,
          metric: nodeCpuSecondsTotal,
          unit: "percentunit",
          decimals: 0,
          queries: [query(processor)],
          thresholds: rising(0.7, 0.85),
        },
        {
          type: "stat",
          key: "memory",
          title: "Memory in use",
          about: "Share of the host's memory that new work cannot have. The aim is below 80 %.",
          width: 4,
          metric: nodeMemoryAvailableBytes,
          unit: "percentunit",
          decimals: 0,
          queries: [query(memory)],
          thresholds: rising(0.8, 0.9),
        },
        {
          type: "stat",
          key: "disk",
          title: "Fullest disk",
          about: "Share of the fullest file system that is used. The aim is below 80 %.",
          width: 4,
          metric: nodeFilesystemAvailBytes,
          unit: "percentunit",
          decimals: 0,
          queries: [query(promql`max(${disk})`)],
          thresholds: rising(0.8, 0.9),
        },
        {
          type: "stat",
          key: "connections",
          title: "Connections in use",
          about: "Share of the connections that PostgreSQL accepts. The aim is below 80 %.",
          width: 4,
          metric: pgStatActivityCount,
          unit: "percentunit",
          decimals: 0,
          queries: [query(connections)],
          thresholds: rising(0.8, 0.95),
        },
      ],
    },
    {
      title: "Host",
      panels: [
        {
          type: "timeseries",
          key: "processor-modes",
          title: "Processor",
          about:
            "What the processors do: user is our work, iowait is waiting for disks, steal is taken by others.",
          width: 8,
          metric: nodeCpuSecondsTotal,
          unit: "percentunit",
          stacked: true,
          max: 1,
          queries: [
            query(
              promql`
                sum by (mode) (rate(${series(nodeCpuSecondsTotal, { mode: not("idle") })}[${rateInterval}]))
                / ignoring (mode) group_left ()
                  sum(rate(${series(nodeCpuSecondsTotal)}[${rateInterval}]))`,
              label(nodeCpuSecondsTotal, "mode"),
            ),
          ],
        },
        {
          type: "timeseries",
          key: "load",
          title: "Load",
          about:
            "Processes that run or wait for a processor, beside the number of processors: above it, work waits.",
          width: 8,
          metric: nodeLoad1,
          queries: [
            query(promql`max(${series(nodeLoad1)})`, "load"),
            query(promql`count(count by (cpu) (${series(nodeCpuSecondsTotal)}))`, "processors"),
          ],
          colours: { processors: "orange" },
        },
        {
          type: "timeseries",
          key: "memory-history",
          title: "Memory",
          about: "Memory that is used, beside all that there is.",
          width: 8,
          metric: nodeMemoryAvailableBytes,
          queries: [
            query(
              promql`sum(${series(nodeMemoryTotalBytes)}) - sum(${series(nodeMemoryAvailableBytes)})`,
              "used",
            ),
            query(promql`sum(${series(nodeMemoryTotalBytes)})`, "all"),
          ],
          colours: { all: "orange" },
        },
        {
          type: "bargauge",
          key: "disks",
          title: "Disks",
          about: "Share of each file system that is used.",
          width: 8,
          metric: nodeFilesystemAvailBytes,
          unit: "percentunit",
          decimals: 0,
          max: 1,
          queries: [query(disk, label(nodeFilesystemAvailBytes, "mountpoint"))],
          thresholds: rising(0.8, 0.9),
        },
        {
          type: "timeseries",
          key: "disk-traffic",
          title: "Disk traffic",
          about: "Bytes read and written each second by all disks.",
          width: 8,
          metric: nodeDiskWrittenBytesTotal,
          unit: "Bps",
          queries: [
            query(perSecond(series(nodeDiskReadBytesTotal)), "read"),
            query(perSecond(series(nodeDiskWrittenBytesTotal)), "written"),
          ],
        },
        {
          type: "timeseries",
          key: "network",
          title: "Network",
          about: "Bytes received and sent each second.",
          width: 8,
          metric: nodeNetworkReceiveBytesTotal,
          unit: "Bps",
          queries: [
            query(perSecond(series(nodeNetworkReceiveBytesTotal, devices)), "received"),
            query(perSecond(series(nodeNetworkTransmitBytesTotal, devices)), "sent"),
          ],
        },
      ],
    },
    {
      title: "PostgreSQL",
      panels: [
        {
          type: "timeseries",
          key: "postgres-connections",
          title: "Connections",
          about: "Connections by what they do. Idle in a transaction is a mistake in code: it holds locks.",
          width: 8,
          metric: pgStatActivityCount,
          stacked: true,
          queries: [
            query(
              promql`sum by (state) (${series(pgStatActivityCount)})`,
              label(pgStatActivityCount, "state"),
            ),
          ],
        },
        {
          type: "timeseries",
          key: "postgres-transactions",
          title: "Transactions",
          about: "Transactions each second. Many that are rolled back are errors or conflicts.",
          width: 8,
          metric: pgStatDatabaseXactCommit,
          unit: "ops",
          queries: [
            query(perSecond(series(pgStatDatabaseXactCommit, directory)), "committed"),
            query(perSecond(series(pgStatDatabaseXactRollback, directory)), "rolled back"),
            query(perSecond(series(pgStatDatabaseDeadlocks, directory)), "deadlocks"),
          ],
          colours: { "rolled back": "orange", deadlocks: "red" },
        },
        {
          type: "timeseries",
          key: "postgres-memory",
          title: "Found in memory",
          about: "Share of the blocks that needed no disk. Below 95 % the database wants more memory.",
          width: 8,
          metric: pgStatDatabaseBlksHit,
          unit: "percentunit",
          max: 1,
          queries: [
            query(
              promql`
                sum(rate(${series(pgStatDatabaseBlksHit, directory)}[5m]))
                / (sum(rate(${series(pgStatDatabaseBlksHit, directory)}[5m]))
                  + sum(rate(${series(pgStatDatabaseBlksRead, directory)}[5m])))`,
              "from memory",
            ),
          ],
          thresholds: falling(0.99, 0.95),
        },
        {
          type: "timeseries",
          key: "postgres-transaction-age",
          title: "Oldest transaction",
          about: "A transaction that stays open for minutes blocks others and keeps dead rows alive.",
          width: 8,
          metric: pgStatActivityMaxTxDuration,
          queries: [
            query(
              promql`max by (state) (${series(pgStatActivityMaxTxDuration)})`,
              label(pgStatActivityMaxTxDuration, "state"),
            ),
          ],
          thresholds: atMost(300),
        },
        {
          type: "timeseries",
          key: "postgres-locks",
          title: "Locks",
          about: "Locks by kind. Exclusive ones that stay make others wait.",
          width: 8,
          metric: pgLocksCount,
          queries: [query(promql`sum by (mode) (${series(pgLocksCount)}) > 0`, label(pgLocksCount, "mode"))],
        },
        {
          type: "timeseries",
          key: "postgres-size",
          title: "Size",
          about: "The directory's database on disk.",
          width: 8,
          metric: pgDatabaseSizeBytes,
          queries: [
            query(
              promql`max by (datname) (${series(pgDatabaseSizeBytes, directory)})`,
              label(pgDatabaseSizeBytes, "datname"),
            ),
          ],
        },
      ],
    },
    {
      title: "Redis",
      panels: [
        {
          type: "timeseries",
          key: "redis-commands",
          title: "Commands",
          about: "The eight commands that Redis runs most.",
          width: 8,
          metric: redisCommandsTotal,
          unit: "ops",
          queries: [
            query(
              promql`topk(8, sum by (cmd) (rate(${series(redisCommandsTotal)}[${rateInterval}])))`,
              label(redisCommandsTotal, "cmd"),
            ),
          ],
        },
        {
          type: "timeseries",
          key: "redis-busy",
          title: "Busy",
          about:
            "Share of every second in which Redis runs commands; it runs one at a time. Near 100 % all wait.",
          width: 8,
          metric: redisCommandsDurationSecondsTotal,
          unit: "percentunit",
          queries: [query(perSecond(series(redisCommandsDurationSecondsTotal)), "busy")],
          thresholds: atMost(0.8),
        },
        {
          type: "timeseries",
          key: "redis-memory",
          title: "Memory",
          about: "Memory that Redis has allocated.",
          width: 8,
          metric: redisMemoryUsedBytes,
          queries: [query(promql`max(${series(redisMemoryUsedBytes)})`, "used")],
        },
        {
          type: "stat",
          key: "redis-clients",
          title: "Clients",
          about: "Connections to Redis.",
          width: 8,
          metric: redisConnectedClients,
          decimals: 0,
          queries: [query(promql`max(${series(redisConnectedClients)})`)],
          thresholds: neutral,
        },
        {
          type: "stat",
          key: "redis-evictions",
          title: "Evicted in an hour",
          about: "Keys dropped for want of memory. Sessions live here: each eviction may sign somebody out.",
          width: 8,
          metric: redisEvictedKeysTotal,
          unit: "none",
          decimals: 0,
          queries: [query(promql`round(sum(increase(${series(redisEvictedKeysTotal)}[1h])))`)],
          thresholds: rising(1, 100),
        },
        {
          type: "stat",
          key: "redis-slow-keys",
          title: "KEYS in the slow log",
          about:
            "KEYS walks through everything while everybody waits. Ours never send it: find out who does.",
          width: 8,
          metric: redisServerSlowKeysCommands,
          unit: "none",
          decimals: 0,
          queries: [query(promql`max(${series(redisServerSlowKeysCommands)})`)],
          thresholds: rising(1, 10),
        },
      ],
    },
    {
      title: "Certificates",
      panels: [
        {
          type: "stat",
          key: "certificate",
          title: "First certificate expires in",
          about:
            "Renewed in time it never gets below two weeks. Where nothing speaks TLS there is nothing to expire.",
          width: 24,
          metric: probeSslEarliestCertExpiry,
          unit: "s",
          decimals: 1,
          queries: [query(promql`min(${series(probeSslEarliestCertExpiry)}) - time()`)],
          thresholds: falling(14 * DAY, 3 * DAY),
          nothing: "no certificate",
          sparkline: false,
          runbooks: ["CertificateExpires"],
        },
      ],
    },
  ],
});
