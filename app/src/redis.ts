import type { Log } from "@watchkeeper/process/log";
import { createClient } from "redis";
import { UnavailableError } from "./errors.ts";

const COMMAND_TIMEOUT_MS = 500;
const MAX_RECONNECT_DELAY_MS = 2_000;

/** Commands that may wait for a reply; a Redis that hangs must not fill our memory. */
const MAX_COMMANDS_WAITING = 1_000;

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

/** Redis with a bound on how long anybody waits for it. */
export interface Redis {
  /** @throws UnavailableError when Redis is away or does not answer within `COMMAND_TIMEOUT_MS` */
  ask<T>(command: (client: RedisClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}

/**
 * Connects in the background and for ever; resolves once connected or after a short wait, connected or not.
 * While Redis is away commands fail at once instead of queueing up.
 */
export async function createRedis(url: string, log: Log): Promise<Redis> {
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
  await within(connected, 2_000).catch(() => undefined);

  return {
    ask: (command) =>
      within(command(client), COMMAND_TIMEOUT_MS).catch((error: unknown) => {
        throw new UnavailableError("redis", error);
      }),
    async close() {
      client.destroy();
    },
  };
}
