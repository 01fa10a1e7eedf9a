import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createMetrics, type Metrics } from "@watchkeeper/exporters/metrics";
import { type Clock, systemClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import type { Bundle } from "@watchkeeper/web/bundle";
import { z } from "zod";
import { operations } from "./api/all.ts";
import { documentPath, problemSchema } from "./api/openapi.ts";
import { createApp } from "./app.ts";
import { createDatabase, type Database } from "./database.ts";
import { createDemoTenants, type DemoTenant } from "./demo/people.ts";
import { seedDemo } from "./demo/seed.ts";
import { createRedis, type Redis } from "./redis.ts";
import type { RequestLimits } from "./request-limit.ts";
import type { DirectoryDatabase } from "./test-database.ts";
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
  /** Where the client seems to be; its own loopback unless said. */
  readonly address?: string;
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
  readonly auditLines: readonly Record<string, unknown>[];
  ask(path: string, request?: TestRequest): Promise<TestAnswer>;
  /** Logs a demo person in and gives the token. */
  logIn(email: string): Promise<string>;
  close(): Promise<void>;
}

export interface TestAppOptions {
  readonly database: DirectoryDatabase;
  readonly redisUrl: string;
  /** Where the app itself reaches them, if not directly. */
  readonly databaseUrlOfApp?: string;
  readonly redisUrlOfApp?: string;
  readonly clock?: Clock;
  readonly limits?: RequestLimits;
  readonly corsOrigins?: readonly string[];
  /** The page's script and stylesheet, where a test looks at them. */
  readonly page?: Bundle;
}

/** So many that tests do not meet them. */
const AMPLE: RequestLimits = { perUser: 100_000, perAddress: 100_000 };

/** Paths as the document has them, as patterns of real ones. */
const patterns = operations.map((operation) => ({
  operation,
  pattern: new RegExp(`^${documentPath(operation.path).replace(/\{\w+\}/g, "[^/]+")}$`),
}));

/** Every answer that a test gets is held to the API's document. */
function requireDocumented(method: string, path: string, status: number, type: string, body: unknown): void {
  const bare = path.split("?")[0] ?? "";
  if (!bare.startsWith("/api/")) return;
  if (status >= 400) {
    if (type !== "application/problem+json; charset=utf-8")
      throw new Error(`${path}: a problem came as ${type}`);
    problemSchema.parse(body);
    return;
  }
  const found = patterns.find(
    ({ operation, pattern }) => operation.method === method.toLowerCase() && pattern.test(bare),
  );
  if (!found || method === "OPTIONS") return;
  const { answer } = found.operation;
  if (answer.status !== status) throw new Error(`${path}: the document says ${answer.status}, not ${status}`);
  const strict = answer.schema instanceof z.ZodObject ? answer.schema.strict() : answer.schema;
  if (found.operation.id !== "describeItself") strict?.parse(body);
}

export async function startTestApp(options: TestAppOptions): Promise<TestApp> {
  const lines: Record<string, unknown>[] = [];
  const auditLines: Record<string, unknown>[] = [];
  const log = createLog("app", "debug", { write: (line) => void lines.push(JSON.parse(line)) });
  const metrics = createMetrics();
  await seedDemo(options.database.ownerUrl, DEMO_PASSWORD);
  const database = createDatabase(options.databaseUrlOfApp ?? options.database.url, metrics, log);
  const redis = await createRedis(options.redisUrlOfApp ?? options.redisUrl, log);
  const usage = createUsageCapture({ store: createUsageStore(database), metrics, clock: systemClock, log });
  const app = createApp({
    metrics,
    database,
    redis,
    log,
    audit: createLog("app", "info", { write: (line) => void auditLines.push(JSON.parse(line)) }),
    clock: options.clock ?? systemClock,
    cursorSecret: "a secret that only tests have, long enough",
    limits: options.limits ?? AMPLE,
    corsOrigins: options.corsOrigins ?? [],
    trustedProxies: ["loopback"],
    recordUsage: usage.record,
    page: options.page ?? { script: "", stylesheet: "" },
  });
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
        ...(request.address !== undefined && { "x-forwarded-for": request.address }),
        ...request.headers,
      },
      ...(rawBody !== undefined && { body: rawBody }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") ?? false;
    const body = isJson ? JSON.parse(text) : text;
    requireDocumented(method, path, response.status, response.headers.get("content-type") ?? "", body);
    return { status: response.status, headers: response.headers, body };
  };

  return {
    url,
    metrics,
    database,
    redis,
    tenants,
    lines,
    auditLines,
    ask,
    async logIn(email) {
      const tenant = tenants.find(({ employees }) =>
        employees.some((employee) => employee.email === email),
      )?.slug;
      const { status, body } = await ask("/api/login", {
        method: "POST",
        json: { tenant, email, password: DEMO_PASSWORD },
        // Elsewhere than whoever mistypes passwords in the same test.
        address: "192.0.2.1",
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
