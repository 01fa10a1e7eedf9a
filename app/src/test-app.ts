import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createMetrics, type Metrics } from "@watchkeeper/exporters/metrics";
import { type Clock, systemClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import { createApp } from "./app.ts";
import { createDatabase, type Database } from "./database.ts";
import { createDemoTenants, type DemoTenant } from "./demo/people.ts";
import { seedDemo } from "./demo/seed.ts";
import { migrate } from "./migrate.ts";
import { createRedis, type Redis } from "./redis.ts";
import { createUsageCapture } from "./usage/capture.ts";
import { createUsageStore } from "./usage/store.ts";

export const DEMO_PASSWORD = "demo-password";

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
  readonly body: any;
}

export interface TestRequest {
  readonly method?: string;
  readonly token?: string;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly rawBody?: string;
}

/** The whole app on a real PostgreSQL and Redis with the demo tenants, for tests. */
export interface TestApp {
  readonly url: string;
  readonly metrics: Metrics;
  readonly database: Database;
  readonly redis: Redis;
  readonly tenants: readonly DemoTenant[];
  /** The log's lines, parsed. */
  readonly lines: readonly Record<string, unknown>[];
  ask(path: string, request?: TestRequest): Promise<TestAnswer>;
  /** Logs a demo person in and gives the token. */
  logIn(email: string): Promise<string>;
  close(): Promise<void>;
}

export interface TestAppOptions {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Where the app itself reaches them, if not directly. */
  readonly databaseUrlOfApp?: string;
  readonly redisUrlOfApp?: string;
  readonly clock?: Clock;
}

export async function startTestApp(options: TestAppOptions): Promise<TestApp> {
  const lines: Record<string, unknown>[] = [];
  const log = createLog("app", "debug", { write: (line) => void lines.push(JSON.parse(line)) });
  const metrics = createMetrics();
  await migrate(options.databaseUrl);
  const database = createDatabase(options.databaseUrlOfApp ?? options.databaseUrl, metrics, log);
  await seedDemo(database, DEMO_PASSWORD);
  const redis = await createRedis(options.redisUrlOfApp ?? options.redisUrl, log);
  const clock = options.clock ?? systemClock;
  const usage = createUsageCapture({ store: createUsageStore(database), metrics, clock: systemClock, log });
  const app = createApp({ metrics, database, redis, log, clock, recordUsage: usage.record });
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tenants = createDemoTenants();

  const ask = async (path: string, request: TestRequest = {}): Promise<TestAnswer> => {
    const {
      method = "GET",
      token,
      json,
      rawBody = json === undefined ? undefined : JSON.stringify(json),
    } = request;
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(rawBody !== undefined && { "content-type": "application/json" }),
        ...request.headers,
      },
      ...(rawBody !== undefined && { body: rawBody }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") ?? false;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };

  return {
    url,
    metrics,
    database,
    redis,
    tenants,
    lines,
    ask,
    async logIn(email) {
      const tenant = tenants.find(({ employees }) =>
        employees.some((employee) => employee.email === email),
      )?.slug;
      const { status, body } = await ask("/api/login", {
        method: "POST",
        json: { tenant, email, password: DEMO_PASSWORD },
      });
      if (status !== 200) throw new Error(`Cannot log ${email} in: ${status} ${JSON.stringify(body)}`);
      return body.token;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await usage.close();
      await Promise.all([redis.close(), database.close()]);
    },
  };
}
