import {
  redisServerClients,
  redisServerCommandSecondsTotal,
  redisServerCommandsTotal,
  redisServerEvictedKeysTotal,
  redisServerMemoryBytes,
  redisServerMemoryLimitBytes,
  redisServerSlowKeysCommands,
} from "@watchkeeper/catalogue/metrics/redis";
import type { Metrics } from "./metrics.ts";

/** Sends one command: `(args) => client.sendCommand(args)` with node-redis, `client.call(...args)` with ioredis. */
export type SendCommand = (args: readonly string[]) => Promise<unknown>;

/** All metrics of one scrape come from one answer. */
const FRESH_MS = 500;

/** More than Redis keeps unless told otherwise (128). */
const SLOW_LOG_ENTRIES = 128;

interface Facts {
  readonly info: ReadonlyMap<string, string>;
  readonly slowKeysCommands: number;
}

const parseInfo = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split(/\r?\n/).flatMap((line): [string, string][] => {
      const colon = line.indexOf(":");
      return colon > 0 && !line.startsWith("#") ? [[line.slice(0, colon), line.slice(colon + 1)]] : [];
    }),
  );

/** An entry is `[id, time, microseconds, [command, …arguments], …]`; the arguments are none of our business. */
const isKeysCommand = (entry: unknown): boolean =>
  Array.isArray(entry) && Array.isArray(entry[3]) && String(entry[3][0]).toUpperCase() === "KEYS";

/** Gives by how much a server's count has risen; after its restart it counts from zero. */
function createRise(): (name: string, now: number) => number {
  const last = new Map<string, number>();
  return (name, now) => {
    const before = last.get(name) ?? 0;
    last.set(name, now);
    return now >= before ? now - before : now;
  };
}

/**
 * Exports what a Redis server says of itself, asked once at every scrape: clients, memory, evictions, commands and
 * their time, and how often KEYS is in the slow log. While it does not answer the gauges are absent.
 */
export function exportRedis(metrics: Metrics, send: SendCommand): void {
  let asked: { readonly atMs: number; readonly facts: Promise<Facts> } | undefined;

  async function ask(): Promise<Facts> {
    const [info, slowLog] = await Promise.all([
      send(["INFO", "everything"]),
      send(["SLOWLOG", "GET", String(SLOW_LOG_ENTRIES)]),
    ]);
    const entries = Array.isArray(slowLog) ? slowLog : [];
    return { info: parseInfo(String(info)), slowKeysCommands: entries.filter(isKeysCommand).length };
  }
  function facts(): Promise<Facts> {
    const nowMs = performance.now();
    if (!asked || nowMs - asked.atMs > FRESH_MS) asked = { atMs: nowMs, facts: ask() };
    return asked.facts;
  }
  async function numberOf(field: string): Promise<number> {
    const value = Number((await facts()).info.get(field));
    if (Number.isNaN(value)) throw new Error(`Redis does not say ${field}`);
    return value;
  }

  metrics.gauge(redisServerClients, async (set) => set({}, await numberOf("connected_clients")));
  metrics.gauge(redisServerMemoryBytes, async (set) => set({}, await numberOf("used_memory")));
  metrics.gauge(redisServerMemoryLimitBytes, async (set) =>
    set({}, (await numberOf("maxmemory")) || (await numberOf("total_system_memory"))),
  );
  metrics.gauge(redisServerSlowKeysCommands, async (set) => set({}, (await facts()).slowKeysCommands));

  const evicted = createRise();
  metrics.counter(redisServerEvictedKeysTotal, async (inc) =>
    inc({}, evicted("evicted_keys", await numberOf("evicted_keys"))),
  );
  /** `cmdstat_get:calls=3,usec=12,…`, subcommands as `config|get`. */
  const exportCommands = (
    metric: typeof redisServerCommandsTotal | typeof redisServerCommandSecondsTotal,
    field: RegExp,
    scale: number,
  ): void => {
    const rise = createRise();
    metrics.counter(metric, async (inc) => {
      for (const [name, value] of (await facts()).info) {
        const redis_command = /^cmdstat_(.+)$/.exec(name)?.[1];
        if (redis_command === undefined) continue;
        const now = Number(field.exec(value)?.[1] ?? 0) * scale;
        inc({ redis_command }, rise(redis_command, now));
      }
    });
  };
  exportCommands(redisServerCommandsTotal, /\bcalls=(\d+)/, 1);
  exportCommands(redisServerCommandSecondsTotal, /\busec=(\d+)/, 1e-6);
}
