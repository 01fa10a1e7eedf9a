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

/** Connects in the background and for ever. */
export function openRedis(url: string, log: Log): { readonly client: RedisClient; close(): void } {
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
  client.connect().catch(() => undefined);
  return { client, close: () => client.destroy() };
}
