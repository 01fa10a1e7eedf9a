import { createClient } from "redis";
import { inject } from "vitest";

/** Logical database 0 of the run's Redis counts how many have been handed out; the others are the tests'. */
const DATABASES = 63;

/** Hands out an empty logical database of the run's real Redis. */
export async function createTestRedis(): Promise<{ url: string; clear(): Promise<void> }> {
  const counter = await createClient({ url: inject("redisUrl") }).connect();
  const index = ((await counter.incr("handed-out")) % DATABASES) + 1;
  counter.destroy();
  const url = `${inject("redisUrl")}/${index}`;
  const clear = async (): Promise<void> => {
    const client = await createClient({ url }).connect();
    await client.flushDb();
    client.destroy();
  };
  await clear();
  return { url, clear };
}
