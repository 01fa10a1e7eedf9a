import { createHash } from "node:crypto";
import type { Redis } from "./redis.ts";

export const MAX_FAILURES = 5;
export const WINDOW_MS = 15 * 60_000;

/** Counting before the password is checked: with counting after it, parallel guesses would all pass the check. */
const RESERVE = `
local attempts = redis.call('INCR', KEYS[1])
if attempts == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {attempts, redis.call('PTTL', KEYS[1])}`;

/** Never below zero and never a key without an expiry, also when the window ended in between. */
const RELEASE = `
local attempts = tonumber(redis.call('GET', KEYS[1]) or '0')
if attempts > 0 then redis.call('DECR', KEYS[1]) end
return 0`;

export type Admission =
  | { readonly admitted: true /** Takes the attempt back: it did not fail. */; release(): Promise<void> }
  | { readonly admitted: false; readonly retryAfterMs: number };

/** Five failed logins per person in 15 minutes, counted from the first failure; unknown people are counted alike. */
export interface LoginLimit {
  /** @throws UnavailableError when Redis is away: nobody guesses uncounted */
  admit(tenant: string, email: string): Promise<Admission>;
}

export function createLoginLimit(redis: Redis): LoginLimit {
  return {
    async admit(tenant, email) {
      const person = createHash("sha256")
        .update(JSON.stringify([tenant, email]))
        .digest("base64url");
      const keys = [`directory:login-failures:${person}`];
      const [attempts, ttlMs] = (await redis.ask((client) =>
        client.eval(RESERVE, { keys, arguments: [String(WINDOW_MS)] }),
      )) as [number, number];
      if (attempts > MAX_FAILURES) return { admitted: false, retryAfterMs: Math.max(ttlMs, 1_000) };
      return {
        admitted: true,
        async release() {
          await redis.ask((client) => client.eval(RELEASE, { keys, arguments: [] }));
        },
      };
    },
  };
}
