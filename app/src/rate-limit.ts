import { createHash } from "node:crypto";
import type { Redis } from "./redis.ts";

/** A window starts with the first count and ends as a whole: one key, one number. */
const COUNT = `
local counted = redis.call('INCR', KEYS[1])
if counted == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {counted, redis.call('PTTL', KEYS[1])}`;

/** Never below zero and never a key without an expiry, also when the window ended in between. */
const TAKE_BACK = `
local counted = tonumber(redis.call('GET', KEYS[1]) or '0')
if counted > 0 then redis.call('DECR', KEYS[1]) end
return 0`;

export interface Counted {
  readonly count: number;
  /** Until the window ends. */
  readonly remainingMs: number;
}

/** Counts something per key in windows of a fixed length. Every method throws UnavailableError while Redis is away. */
export interface RateLimit {
  readonly max: number;
  count(key: string): Promise<Counted>;
  takeBack(key: string): Promise<void>;
  /** What was counted in the current window. */
  read(key: string): Promise<Counted>;
}

export interface RateLimitOptions {
  /** Part of the keys in Redis. */
  readonly name: string;
  readonly max: number;
  readonly windowMs: number;
}

export function createRateLimit(redis: Redis, { name, max, windowMs }: RateLimitOptions): RateLimit {
  /** Hashed: what people type and where they come from is nobody's business, and no text makes a long key. */
  const keyOf = (key: string): string =>
    `directory:limit:${name}:${createHash("sha256").update(key).digest("base64url")}`;
  return {
    max,
    async count(key) {
      const call = { keys: [keyOf(key)], arguments: [String(windowMs)] };
      const [count, remainingMs] = (await redis.ask((client) => client.eval(COUNT, call))) as [
        number,
        number,
      ];
      return { count, remainingMs };
    },
    async takeBack(key) {
      await redis.ask((client) => client.eval(TAKE_BACK, { keys: [keyOf(key)], arguments: [] }));
    },
    async read(key) {
      const [count, remainingMs] = await redis.ask((client) =>
        Promise.all([client.get(keyOf(key)), client.pTTL(keyOf(key))]),
      );
      return { count: Number(count ?? 0), remainingMs };
    },
  };
}
