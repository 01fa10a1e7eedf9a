import { createRateLimit } from "./rate-limit.ts";
import type { Redis } from "./redis.ts";

export const MAX_FAILURES = 5;
export const WINDOW_MS = 15 * 60_000;

export type Admission =
  | {
      readonly admitted: true;
      /** Takes the attempt back: it did not fail. */
      release(): Promise<void>;
      /** Counts the failure for the address as well. */
      fail(): Promise<void>;
    }
  | { readonly admitted: false; readonly retryAfterMs: number };

/**
 * Five failed logins in 15 minutes per account, and as many per address; unknown people are counted alike.
 *
 * An account is counted before its password is checked: with counting after it, guesses that are sent together would
 * all pass. An address is counted after a failure, since a whole office may sign in through one at the same moment;
 * guesses at many accounts together are bounded by how many passwords are checked at once.
 */
export interface LoginLimit {
  /** @throws UnavailableError when Redis is away: nobody guesses uncounted */
  admit(tenant: string, email: string, address: string): Promise<Admission>;
}

export function createLoginLimit(redis: Redis): LoginLimit {
  const window = { max: MAX_FAILURES, windowMs: WINDOW_MS };
  const accounts = createRateLimit(redis, { name: "login-account", ...window });
  const addresses = createRateLimit(redis, { name: "login-address", ...window });
  const refuse = (remainingMs: number): Admission => ({
    admitted: false,
    retryAfterMs: Math.max(remainingMs, 1_000),
  });
  return {
    async admit(tenant, email, address) {
      const account = JSON.stringify([tenant, email]);
      const from = await addresses.read(address);
      if (from.count >= addresses.max) return refuse(from.remainingMs);
      const { count, remainingMs } = await accounts.count(account);
      if (count > accounts.max) return refuse(remainingMs);
      return {
        admitted: true,
        release: () => accounts.takeBack(account),
        fail: async () => void (await addresses.count(address)),
      };
    },
  };
}
