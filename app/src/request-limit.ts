import { rateLimited, UnavailableError } from "./problem.ts";
import { createRateLimit } from "./rate-limit.ts";
import type { Redis } from "./redis.ts";

const MINUTE_MS = 60_000;

export interface RequestLimits {
  /** Requests a minute of one person. */
  readonly perUser: number;
  /** Requests in 15 minutes from one address by whoever is not signed in. */
  readonly perAddress: number;
}

/** Nobody reads a hundred pages a minute, and an address without a person needs few requests to become one. */
export const DEFAULT_LIMITS: RequestLimits = { perUser: 100, perAddress: 1_000 };

/**
 * How often one may ask. Who is signed in is counted as a person and not by address: an office behind one address would
 * otherwise have less than a single person may.
 */
export interface RequestLimit {
  /** @throws Problem 429 with when to come back */
  countUser(employeeId: string): Promise<void>;
  /** @throws Problem 429 with when to come back */
  countAddress(address: string): Promise<void>;
}

export function createRequestLimit(redis: Redis, { perUser, perAddress }: RequestLimits): RequestLimit {
  const users = createRateLimit(redis, { name: "user", max: perUser, windowMs: MINUTE_MS });
  const addresses = createRateLimit(redis, { name: "address", max: perAddress, windowMs: 15 * MINUTE_MS });

  const refuseAbove = async (limit: typeof users, key: string, who: string): Promise<void> => {
    // Without Redis nothing is counted: what needs a session is refused then, and the rest is cheap.
    const counted = await limit.count(key).catch((error: unknown) => {
      if (!(error instanceof UnavailableError)) throw error;
      return undefined;
    });
    if (counted && counted.count > limit.max) {
      throw rateLimited(`${who} asked too often: wait as long as Retry-After says`, counted.remainingMs);
    }
  };
  return {
    countUser: (employeeId) => refuseAbove(users, employeeId, "You have"),
    countAddress: (address) => refuseAbove(addresses, address, "Your address has"),
  };
}
