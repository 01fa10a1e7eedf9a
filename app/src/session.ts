import { createHash, randomBytes } from "node:crypto";
import { SESSION_EXPIRIES_KEY } from "@watchkeeper/catalogue/names";
import type { CacheCounts } from "@watchkeeper/exporters/cache";
import type { Clock } from "@watchkeeper/process/clock";
import { z } from "zod";
import type { Redis } from "./redis.ts";

export const SESSION_TTL_MS = 8 * 60 * 60_000;

/** The tenant's name is for the metrics alone; sessions from before it was kept lack it. */
const sessionSchema = z.object({ tenantId: z.uuid(), employeeId: z.uuid(), tenant: z.string().optional() });

/** Who is asking. Whatever else is true of a person is looked up when needed, so that it is never stale. */
export type Session = z.infer<typeof sessionSchema>;

/** Sessions live in Redis only; every method throws UnavailableError while it is away. */
export interface Sessions {
  /** Returns the token, which only the person gets: Redis holds its hash. */
  create(session: Session): Promise<string>;
  find(token: string): Promise<Session | undefined>;
  end(token: string): Promise<void>;
  /** Ends every session of a person, wherever it was begun. */
  endAll(employeeId: string): Promise<void>;
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const hashOf = (token: string): string => createHash("sha256").update(token).digest("base64url");
const keyOf = (hash: string): string => `directory:session:${hash}`;
/** The sessions of one person, which may have ended since. */
const ownKeyOf = (employeeId: string): string => `directory:sessions-of:${employeeId}`;

export function createSessions(
  redis: Redis,
  clock: Clock,
  lookups: Pick<CacheCounts, "hit" | "miss">,
): Sessions {
  return {
    async create(session) {
      const token = randomBytes(32).toString("base64url");
      const hash = hashOf(token);
      const now = clock.now();
      await redis.ask((client) =>
        client
          .multi()
          .set(keyOf(hash), JSON.stringify(session), { expiration: { type: "PX", value: SESSION_TTL_MS } })
          .sAdd(ownKeyOf(session.employeeId), hash)
          .pExpire(ownKeyOf(session.employeeId), SESSION_TTL_MS)
          .zAdd(SESSION_EXPIRIES_KEY, { score: now + SESSION_TTL_MS, value: hash })
          .zRemRangeByScore(SESSION_EXPIRIES_KEY, "-inf", now)
          .exec(),
      );
      return token;
    },

    async find(token) {
      if (!TOKEN.test(token)) return undefined;
      const text = await redis.ask((client) => client.get(keyOf(hashOf(token))));
      if (text === null) {
        lookups.miss("session");
        return undefined;
      }
      lookups.hit("session");
      return sessionSchema.parse(JSON.parse(text));
    },

    async end(token) {
      const hash = hashOf(token);
      const text = await redis.ask((client) => client.getDel(keyOf(hash)));
      const owner = text === null ? undefined : sessionSchema.parse(JSON.parse(text)).employeeId;
      await redis.ask((client) => {
        const transaction = client.multi().zRem(SESSION_EXPIRIES_KEY, hash);
        return (owner === undefined ? transaction : transaction.sRem(ownKeyOf(owner), hash)).exec();
      });
    },

    async endAll(employeeId) {
      const hashes = await redis.ask((client) => client.sMembers(ownKeyOf(employeeId)));
      if (hashes.length === 0) return;
      await redis.ask((client) =>
        client
          .multi()
          .del([...hashes.map(keyOf), ownKeyOf(employeeId)])
          .zRem(SESSION_EXPIRIES_KEY, hashes)
          .exec(),
      );
    },
  };
}
