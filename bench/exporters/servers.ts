import { openSync, writeSync } from "node:fs";
import { createServer, type Server, type ServerOptions } from "node:http";
import { createRequire } from "node:module";
import { instrumentHttp } from "@watchkeeper/exporters/http";
import { createFastClasses } from "@watchkeeper/exporters/http/fast-classes";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { logRequests } from "@watchkeeper/exporters/request-log";
import { createLog } from "@watchkeeper/process/log";
import express, { type Express } from "express";
import * as prom from "prom-client";

/** What is compared. `bare` and `control` are the same: their difference is what the measurement itself is off by. */
export const variants = [
  "bare",
  "control",
  "ours",
  "hand",
  "express_prom_bundle",
  "log_line",
  "pino_http",
  "otel",
] as const;
export type Variant = (typeof variants)[number];

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** What most teams write: one histogram, one counter, one gauge, the route's template as a label. */
function addHandWritten(app: Express): void {
  const registers = [new prom.Registry()];
  const labelNames = ["method", "route", "status"];
  const duration = new prom.Histogram({
    name: "took_seconds",
    help: "h",
    labelNames,
    buckets: BUCKETS,
    registers,
  });
  const total = new prom.Counter({ name: "requests_total", help: "h", labelNames, registers });
  const inFlight = new prom.Gauge({ name: "in_flight", help: "h", registers });
  app.use((request, response, next) => {
    const start = process.hrtime.bigint();
    inFlight.inc();
    response.on("finish", () => {
      const labels = {
        method: request.method,
        route: request.baseUrl + (request.route?.path ?? ""),
        status: response.statusCode,
      };
      duration.observe(labels, Number(process.hrtime.bigint() - start) / 1e9);
      total.inc(labels);
      inFlight.dec();
    });
    next();
  });
}

/**
 * Takes lines in large pieces: what a line costs is asked, not what a disk does. pino's own destination, told to wait for
 * more, goes through all that waits again with every line.
 */
function createSink(): { write(line: string): void } {
  const file = openSync("/dev/null", "w");
  let waiting: string[] = [];
  let size = 0;
  return {
    write(line) {
      waiting.push(line);
      size += line.length;
      if (size < 65_536) return;
      writeSync(file, waiting.join(""));
      waiting = [];
      size = 0;
    },
  };
}

/** The request log of our own processes, with all that a line says. */
function addLogLine(app: Express): void {
  const logger = createLog("bench", "info", createSink(), { version: "1.2.3", env: "bench" });
  logRequests(app, { logger, pseudonymKey: "k".repeat(32), linesPerSecond: Number.MAX_SAFE_INTEGER });
}

/** What most teams log requests with, as it comes. */
function addPinoHttp(app: Express): void {
  app.use(createRequire(import.meta.url)("pino-http")({}, createSink()));
}

function addBundle(app: Express): void {
  const bundle = createRequire(import.meta.url)("express-prom-bundle");
  app.use(
    bundle({
      includeMethod: true,
      includePath: true,
      includeStatusCode: true,
      normalizePath: [["^/api/items/.*", "/api/items/:id"]],
      buckets: BUCKETS,
      autoregister: false,
      promRegistry: new prom.Registry(),
    }),
  );
}

const additions: Partial<Record<Variant, (app: Express) => void>> = {
  hand: addHandWritten,
  express_prom_bundle: addBundle,
  log_line: addLogLine,
  pino_http: addPinoHttp,
};

function addRoutes(app: Express): void {
  const router = express.Router();
  router.get(
    "/items/:id",
    (request, response) => void response.json({ id: request.params.id, name: "thing" }),
  );
  app.use("/api", router);
}

/** The server of a variant. Each but a plain one makes its requests of the fast classes: like is compared with like. */
export function createVariant(variant: Variant): Server {
  const app = express();
  if (variant === "ours") {
    const http = instrumentHttp(app, createMetrics());
    addRoutes(app);
    return http.createServer();
  }
  const classes = createFastClasses(app);
  additions[variant]?.(app);
  addRoutes(app);
  return createServer(classes as ServerOptions, app);
}

/** The same app as Express alone serves it, or as we do. */
export function createWhole(isOurs: boolean): Server {
  const app = express();
  const server = isOurs ? instrumentHttp(app, createMetrics()).createServer() : createServer(app);
  addRoutes(app);
  return server;
}
