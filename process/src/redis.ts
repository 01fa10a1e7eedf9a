import { createClient } from "redis";
import { systemClock } from "./clock.ts";
import type { Log } from "./log.ts";

const MAX_RECONNECT_DELAY_MS = 2_000;

/** Commands that may wait for a reply; a Redis that hangs must not fill our memory. */
const MAX_COMMANDS_WAITING = 1_000;

/** The first command should find a connection, and a Redis that is away must not delay the start for long. */
const FIRST_CONNECTION_MS = 2_000;

const openClient = (url: string) =>
  createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_COMMANDS_WAITING,
    socket: {
      connectTimeout: 2_000,
      reconnectStrategy: (retries) => Math.min(MAX_RECONNECT_DELAY_MS, 50 * 2 ** Math.min(retries, 10)),
    },
  });

export type RedisClient = ReturnType<typeof openClient>;

export interface RedisConnection {
  readonly client: RedisClient;
  close(): void;
}

/**
 * Connects to Redis in the background and for ever; resolves once connected or after a short wait, connected or not.
 * While Redis is away commands fail at once instead of queueing up, and the log says so once.
 */
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
  // Refused credentials do not end this promise either: they are retried like any other failure.
  const connected = client.connect().then(
    () => undefined,
    () => undefined,
  );
  const waited = new AbortController();
  await Promise.race([connected, systemClock.sleep(FIRST_CONNECTION_MS, waited.signal)]);
  waited.abort();
  return { client, close: () => client.destroy() };
}
