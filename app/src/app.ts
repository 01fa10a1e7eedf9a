import { countLogins } from "@watchkeeper/exporters/auth";
import { countCacheLookups } from "@watchkeeper/exporters/cache";
import { instrumentHttp } from "@watchkeeper/exporters/http";
import { traceRequests } from "@watchkeeper/exporters/http-traces";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import { countSearches } from "@watchkeeper/exporters/search";
import type { Clock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import express, { type Express } from "express";
import helmet from "helmet";
import { createCache } from "./cache.ts";
import type { Database } from "./database.ts";
import { createDirectory } from "./directory.ts";
import { createEmployees } from "./employees.ts";
import { answerErrors, answerNotFound } from "./error-answer.ts";
import { createLoginLimit } from "./login-limit.ts";
import type { Redis } from "./redis.ts";
import { logRequests } from "./request-log.ts";
import { createEmployeeRoutes } from "./routes/employees.ts";
import { createHomeRoutes } from "./routes/home.ts";
import { createLoginRoutes } from "./routes/login.ts";
import { createSessions } from "./session.ts";
import { createTenants } from "./tenants.ts";
import type { RecordUsage } from "./usage/event.ts";
import { createPageLoadRoutes } from "./usage/page-load.ts";

export interface AppDeps {
  readonly metrics: Metrics;
  readonly database: Database;
  readonly redis: Redis;
  readonly log: Log;
  readonly clock: Clock;
  readonly recordUsage: RecordUsage;
}

/** Puts the Company Directory together. It opens nothing: what it needs is passed in. */
export function createApp({ metrics, database, redis, log, clock, recordUsage }: AppDeps): Express {
  const lookups = countCacheLookups(metrics);
  const sessions = createSessions(redis, clock, lookups);
  const cache = createCache(redis, lookups);
  const tenants = createTenants(database, cache);
  const directory = createDirectory(createEmployees(database), cache);

  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  instrumentHttp(app, metrics, { tenantOf: ({ locals }) => locals.session?.tenant });
  traceRequests(app);
  logRequests(app, log);
  app.use(helmet());
  app.use("/api", (_request, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  app.use(createHomeRoutes(), createPageLoadRoutes(metrics, clock));
  app.use(
    "/api",
    createLoginRoutes({
      tenants,
      sessions,
      loginLimit: createLoginLimit(redis),
      countLogin: countLogins(metrics),
      recordUsage,
    }),
    createEmployeeRoutes({ directory, tenants, sessions, countSearch: countSearches(metrics), recordUsage }),
  );
  app.use(answerNotFound);
  app.use(answerErrors(log));
  return app;
}
