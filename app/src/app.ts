import { countLogins } from "@watchkeeper/exporters/auth";
import { countCacheLookups } from "@watchkeeper/exporters/cache";
import { instrumentHttp } from "@watchkeeper/exporters/http";
import { traceExampleOf, traceRequests } from "@watchkeeper/exporters/http-traces";
import { countLogMessages } from "@watchkeeper/exporters/log";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import { countSearches } from "@watchkeeper/exporters/search";
import type { Clock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import type { Bundle } from "@watchkeeper/web/bundle";
import { protectPages } from "@watchkeeper/web/protect";
import express, { type Express } from "express";
import { createAuditLog } from "./audit.ts";
import { createCache } from "./cache.ts";
import { allowOrigins } from "./cors.ts";
import { createCursors } from "./cursor.ts";
import type { Database } from "./database.ts";
import { createDirectory } from "./directory.ts";
import { createOwnPassword } from "./employees/own-password.ts";
import { createEmployeeReader } from "./employees/read.ts";
import { createEmployeeWriter } from "./employees/write.ts";
import { createLoginLimit } from "./login-limit.ts";
import { createPasswords } from "./passwords.ts";
import { answerNotFound, answerProblems } from "./problem-answer.ts";
import type { Redis } from "./redis.ts";
import { createRequestLimit, type RequestLimits } from "./request-limit.ts";
import { logRequests } from "./request-log.ts";
import { createAboutRoutes } from "./routes/about.ts";
import { createCompanyRoutes } from "./routes/company.ts";
import { createHomeRoutes } from "./routes/home.ts";
import { createMount } from "./routes/mount.ts";
import { createPeopleRoutes } from "./routes/people.ts";
import { createSessionRoutes } from "./routes/session.ts";
import { createSessions } from "./session.ts";
import { createTenants } from "./tenants.ts";
import type { RecordUsage } from "./usage/event.ts";
import { createPageLoadRoutes } from "./usage/page-load.ts";

export interface AppDeps {
  readonly metrics: Metrics;
  readonly database: Database;
  readonly redis: Redis;
  readonly log: Log;
  /** Who tried to change what. */
  readonly audit: Log;
  readonly clock: Clock;
  /** The same for all instances, at least 32 characters. */
  readonly cursorSecret: string;
  readonly limits: RequestLimits;
  /** Origins whose pages may use the API in a browser. */
  readonly corsOrigins: readonly string[];
  /** What `loadPage` made. */
  readonly page: Bundle;
  /** Proxies whose word about a client's address counts, as Express' `trust proxy` takes them. */
  readonly trustedProxies: readonly string[];
  readonly recordUsage: RecordUsage;
}

/** Puts the Company Directory together. It opens nothing: what it needs is passed in. */
export function createApp(deps: AppDeps): Express {
  const { metrics, database, redis, log, clock, recordUsage } = deps;
  countLogMessages(metrics, log);
  const lookups = countCacheLookups(metrics);
  const sessions = createSessions(redis, clock, lookups);
  const cache = createCache(redis, lookups);
  const cursors = createCursors(deps.cursorSecret);
  const tenants = createTenants(database, cache);
  const passwords = createPasswords();
  const directory = createDirectory({
    reader: createEmployeeReader(database),
    writer: createEmployeeWriter(database),
    cache,
    cursors,
    sessions,
  });

  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("trust proxy", deps.trustedProxies);
  instrumentHttp(app, metrics, {
    tenantOf: ({ locals }) => locals.session?.tenant,
    exampleOf: traceExampleOf,
  });
  traceRequests(app);
  logRequests(app, log);
  app.use(protectPages({}));
  app.use("/api", allowOrigins(deps.corsOrigins), (_request, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  const mount = createMount({
    sessions,
    requestLimit: createRequestLimit(redis, deps.limits),
    audit: deps.audit,
  });
  const sessionDeps = {
    ownPassword: createOwnPassword(database),
    loginLimit: createLoginLimit(redis),
    countLogin: countLogins(metrics),
  };
  app.use(
    createHomeRoutes(deps.page),
    createPageLoadRoutes(metrics, clock),
    createSessionRoutes(mount, { tenants, directory, sessions, passwords, recordUsage, ...sessionDeps }),
    createPeopleRoutes(mount, { directory, passwords, countSearch: countSearches(metrics), recordUsage }),
    createCompanyRoutes(mount, { tenants, audit: createAuditLog(database, cursors), passwords }),
    createAboutRoutes(mount),
  );
  app.use(answerNotFound);
  app.use(answerProblems(log, metrics));
  return app;
}
