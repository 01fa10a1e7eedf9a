import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { instrumentHttp } from "@watchkeeper/exporters/http";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import type { Log } from "@watchkeeper/process/log";
import express, { type NextFunction, type Request, type Response, type Router } from "express";
import { ApiError } from "./errors.ts";

/** A large import takes minutes to arrive; one that takes longer is stuck. */
const REQUEST_TIMEOUT_MS = 10 * 60_000;

export interface ApiServer {
  readonly port: number;
  close(): Promise<void>;
}

function errorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const status = (error as { status?: unknown } | undefined)?.status;
  if (status === 413) return new ApiError(413, "too_large", "The body is too large: send it in parts");
  if (typeof status === "number" && status < 500) {
    return new ApiError(status, "bad_request", "Cannot read this request");
  }
  return new ApiError(503, "unavailable", "Cannot answer right now: try again", { "retry-after": "5" });
}

/** Serves routes over HTTP. @throws Error when the port cannot be opened */
export async function startApi(options: {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly routes: Router;
  readonly metrics: Metrics;
  readonly log: Log;
}): Promise<ApiServer> {
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  instrumentHttp(app, options.metrics);
  app.use(options.routes);
  app.use(() => {
    throw new ApiError(404, "not_found", "There is no such page");
  });
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    const answer = errorOf(error);
    if (answer.status >= 500) options.log.error({ err: error, path: request.path }, "request failed");
    if (response.headersSent) return next(error);
    const { status, headers, code, message } = answer;
    response.status(status).set(headers).json({ error: { code, message } });
  });
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: 5_000 }, app);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
