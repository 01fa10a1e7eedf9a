import { systemClock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import { createClient } from "redis";

const openClient = (url: string) =>
  createClient({
    url,
    // A figure that arrives late is a wrong figure: without a connection commands fail at once.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 100,
    socket: {
      connectTimeout: 2_000,
      reconnectStrategy: (retries) => Math.min(5_000, 100 * 2 ** Math.min(retries, 6)),
    },
  });

export type RedisClient = ReturnType<typeof openClient>;

export interface RedisConnection {
  readonly client: RedisClient;
  close(): void;
}

/** The first collection should find a connection, and a Redis that is away must not delay the start for long. */
const FIRST_CONNECTION_MS = 2_000;

/** Connects, in the background for ever if need be; resolves once connected or after a short wait. */
export async function openRedis(url: string, log: Log): Promise<RedisConnection> {
  const client = openClient(url);
  let away = false;
  client.on("error", (error: Error) => {
    if (!away) log.warn({ reason: error.message || error.name }, "Redis is away");
    away = true;
  });
  client.on("ready", () => {
    if (away) log.info("Redis is back");
    away = false;
  });
  const connected = client.connect().then(
    () => undefined,
    () => undefined,
  );
  const waited = new AbortController();
  await Promise.race([connected, systemClock.sleep(FIRST_CONNECTION_MS, waited.signal)]);
  waited.abort();
  return { client, close: () => client.destroy() };
}
