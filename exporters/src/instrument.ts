import type { Express } from "express";
import type pg from "pg";
import type { Check } from "./check.ts";
import { exportClientQueries } from "./client-queries.ts";
import { exportPool } from "./database.ts";
import { type HttpInstrument, type HttpOptions, instrumentHttp } from "./http.ts";
import { countLogMessages, type PinoLogger } from "./log.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { type OpsServer, startOpsServer } from "./ops.ts";
import { exportRedis, type SendCommand } from "./redis.ts";
import { exportRuntime } from "./runtime.ts";

/** A client of node-redis (`sendCommand`) or ioredis (`call`). */
export type RedisLike =
  | { sendCommand(args: readonly string[]): Promise<unknown> }
  | { call(command: string, ...args: readonly string[]): Promise<unknown> };

export interface InstrumentOptions extends HttpOptions {
  /** Metrics that exist already; new ones in a registry of their own unless said. */
  readonly metrics?: Metrics;
  readonly pg?: pg.Pool;
  readonly redis?: RedisLike;
  readonly logger?: PinoLogger;
  /** Of the app, for `watchkeeper_build_info`. */
  readonly version?: string;
}

export interface ServeOptions {
  readonly port: number;
  /** Loopback unless said. */
  readonly host?: string;
  readonly metricsToken?: string;
}

export interface Instrumented {
  readonly metrics: Metrics;
  readonly http: HttpInstrument;
  /** Serves `/metrics`, `/healthz` and `/readyz` apart from the app. */
  serveMetrics(options: ServeOptions): Promise<OpsServer>;
}

const senderOf = (redis: RedisLike): SendCommand =>
  "call" in redis
    ? ([command = "", ...args]) => redis.call(command, ...args)
    : (args) => redis.sendCommand(args);

/**
 * Instruments an Express 5 app and what it stands on. Call it once, right after `express()`; each part can be had alone
 * from its own file. Nothing is listened on before `serveMetrics`.
 */
export function instrument(app: Express, options: InstrumentOptions = {}): Instrumented {
  const { metrics = createMetrics(), pg, redis, logger, version = "unknown" } = options;
  const http = instrumentHttp(app, metrics, options);
  exportRuntime(metrics, { version });
  const checks: Record<string, Check> = {};
  if (pg) {
    exportPool(pg, metrics);
    exportClientQueries(pg, metrics);
    checks.postgres = async () => void (await pg.query("SELECT 1"));
  }
  if (redis) {
    const send = senderOf(redis);
    exportRedis(metrics, send);
    checks.redis = async () => void (await send(["PING"]));
  }
  if (logger) countLogMessages(metrics, logger);
  return {
    metrics,
    http,
    serveMetrics: ({ host = "127.0.0.1", ...rest }) => startOpsServer({ host, metrics, checks, ...rest }),
  };
}
