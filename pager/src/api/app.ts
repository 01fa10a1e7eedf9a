import { instrumentHttp } from "@watchkeeper/exporters/http";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import type { Log } from "@watchkeeper/process/log";
import express, { type Express, type NextFunction, type Request, type Response, type Router } from "express";

/** The pager's HTTP side: instruments, routes, and answers for everything else. */
export function createApp(metrics: Metrics, log: Log, routes: readonly Router[]): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  instrumentHttp(app, metrics);
  app.use(...routes);
  app.use((_req, res) => {
    res.status(404).json({ error: { code: "not_found", message: "No such page" } });
  });
  app.use((error: { status?: number }, _req: Request, res: Response, next: NextFunction) => {
    if (res.headersSent) return next(error);
    const status = error.status !== undefined && error.status < 500 ? error.status : 503;
    if (status >= 500) log.error({ err: error }, "request failed");
    const message = status >= 500 ? "Cannot answer right now: try again" : "Cannot read this request";
    res.status(status).json({ error: { code: status >= 500 ? "unavailable" : "bad_request", message } });
  });
  return app;
}
