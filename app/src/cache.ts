import type { CacheCounts } from "@watchkeeper/exporters/cache";
import type { z } from "zod";
import { UnavailableError } from "./problem.ts";
import type { Redis } from "./redis.ts";

/** The caches in front of PostgreSQL and how long an entry may be out of date at most. */
const TTL_MS = { profile: 5 * 60_000, search: 5 * 60_000, tenant_config: 60 * 60_000 } as const;

export type CacheName = keyof typeof TTL_MS;

/**
 * What is forgotten leaves a mark for a little longer than a query may take: a reader who asked PostgreSQL before the
 * change must not put the old answer back after it.
 */
const MARK = "";
const MARK_MS = 6_000;

/** Faster answers while Redis is there, the same answers while it is not. */
export interface Cache {
  /**
   * Gives the cached value, else loads and keeps it. `undefined` is never kept: whoever asks for what does not exist
   * must not fill the cache.
   */
  through<T>(
    cache: CacheName,
    key: string,
    schema: z.ZodType<T>,
    load: () => Promise<T | undefined>,
  ): Promise<T | undefined>;
  forget(cache: CacheName, ...keys: readonly string[]): Promise<void>;
  /** Part of the keys of entries that are forgotten together; undefined while Redis is away. */
  generation(cache: CacheName, scope: string): Promise<string | undefined>;
  /** Starts a new generation: what was kept under the old one is never found again and expires. */
  forgetAll(cache: CacheName, scope: string): Promise<void>;
}

const generationKey = (cache: CacheName, scope: string): string => `directory:${cache}-generation:${scope}`;
const fullKey = (cache: CacheName, key: string): string => `directory:${cache}:${key}`;

/** An absent Redis costs speed only, so its errors end here; the probe of the dependencies reports them. */
function orBypass(error: unknown): undefined {
  if (!(error instanceof UnavailableError)) throw error;
  return undefined;
}

export function createCache(redis: Redis, lookups: CacheCounts): Cache {
  const parse = <T>(schema: z.ZodType<T>, text: string): T | undefined => {
    // An entry that an older version wrote in another shape is a miss.
    const result = schema.safeParse(JSON.parse(text));
    return result.success ? result.data : undefined;
  };
  return {
    async through(cache, key, schema, load) {
      const entry = fullKey(cache, key);
      const text = await lookups.time(cache, () => redis.ask((client) => client.get(entry)).catch(orBypass));
      const cached = text ? parse(schema, text) : undefined;
      if (cached !== undefined) {
        lookups.hit(cache);
        return cached;
      }
      const isReachable = text !== undefined;
      if (isReachable) lookups.miss(cache);
      else lookups.error(cache);
      const loaded = await load();
      if (loaded !== undefined && isReachable) {
        const options = { expiration: { type: "PX", value: TTL_MS[cache] }, condition: "NX" } as const;
        // An entry of another shape makes way first; a mark stays.
        const isStale = text !== null && text !== MARK;
        await redis
          .ask(async (client) => {
            if (isStale) await client.del(entry);
            await client.set(entry, JSON.stringify(loaded), options);
          })
          .catch(orBypass);
      }
      return loaded;
    },

    async forget(cache, ...keys) {
      const expiration = { type: "PX", value: MARK_MS } as const;
      await redis
        .ask((client) =>
          Promise.all(keys.map((key) => client.set(fullKey(cache, key), MARK, { expiration }))),
        )
        .catch(orBypass);
    },

    async generation(cache, scope) {
      const text = await redis.ask((client) => client.get(generationKey(cache, scope))).catch(orBypass);
      return text === null ? "0" : text;
    },

    async forgetAll(cache, scope) {
      await redis.ask((client) => client.incr(generationKey(cache, scope))).catch(orBypass);
    },
  };
}
