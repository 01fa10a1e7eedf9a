import type { Check } from "@watchkeeper/exporters/check";
import type { Dependency } from "@watchkeeper/exporters/dependency";
import type { Database } from "./database.ts";
import type { Redis } from "./redis.ts";

/** A real request to each dependency: that a connection is open says nothing. */
export const createChecks = (database: Database, redis: Redis): Readonly<Record<Dependency, Check>> => ({
  postgres: async () => {
    await database.query("check", "SELECT 1");
  },
  redis: async () => {
    await redis.ask((client) => client.ping());
  },
});
