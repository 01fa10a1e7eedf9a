import type { Log } from "@watchkeeper/process/log";
import { openRedis, type RedisClient } from "@watchkeeper/process/redis";
import { UnavailableError } from "./problem.ts";

const COMMAND_TIMEOUT_MS = 500;

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

/** Connects in the background; see `openRedis`. */
export async function createRedis(url: string, log: Log): Promise<Redis> {
  const { client, close } = await openRedis(url, log);
  return {
    ask: (command) =>
      within(command(client), COMMAND_TIMEOUT_MS).catch((error: unknown) => {
        throw new UnavailableError("redis", error);
      }),
    async close() {
      close();
    },
  };
}
