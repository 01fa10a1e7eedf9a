import { createServer } from "node:http";
import { instrumentHttp } from "@watchkeeper/exporters/http";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import type { Clock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import { protectPages } from "@watchkeeper/web/protect";
import express, { type NextFunction, type Request, type Response } from "express";
import { createLoginToken } from "./auth/login-token.ts";
import { createAuthRoutes, requireSession } from "./auth/routes.ts";
import { createSessions } from "./auth/session.ts";
import { BOARD_LIMITS, createPrometheusProxy } from "./boards/proxy.ts";
import { createBoardRoutes } from "./boards/routes.ts";
import { createBoardStore } from "./boards/store.ts";
import { createIncidentRoutes } from "./incidents/routes.ts";
import { createLogRoutes } from "./logs/routes.ts";
import { createOverviewLoader } from "./overview/load.ts";
import { createOverviewRoutes } from "./overview/routes.ts";
import { createReportRoutes } from "./report/routes.ts";
import { createRunbookRoutes } from "./runbooks/routes.ts";
import type { Settings } from "./settings.ts";
import { createCollector } from "./upstream/collector.ts";
import { UPSTREAM_LIMITS, type UpstreamLimits } from "./upstream/fetch-json.ts";
import { createPager } from "./upstream/pager.ts";
import { createPrometheus } from "./upstream/prometheus.ts";
import { createConsoleAssets } from "./web/assets.ts";
import { renderMessage } from "./web/layout.ts";

export interface ConsoleOptions {
  readonly settings: Settings;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: Clock;
  readonly limits?: UpstreamLimits;
}

export interface Console {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Starts the console's web server and leaves a sign-in token in the file that the settings name.
 *
 * @throws Error when the port is taken, the token cannot be written or the page cannot be bundled
 */
export async function startConsole(options: ConsoleOptions): Promise<Console> {
  const { settings, metrics, log, clock, limits = UPSTREAM_LIMITS } = options;
  const { publicUrl } = settings;
  const assets = await createConsoleAssets();
  const sessions = createSessions(settings.sessionSecret, clock);
  const token = await createLoginToken(settings.loginTokenPath);
  const pager = createPager(settings.pagerUrl, settings.pagerApiToken, limits);
  const collector = createCollector(settings.collectorUrl, settings.collectorApiToken, limits);
  const prometheus = createPrometheus(settings.prometheusUrl, limits);

  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  instrumentHttp(app, metrics);
  app.use(protectPages({ forms: true }));
  app.use(assets, createAuthRoutes({ token, sessions, publicUrl, clock }));
  app.use(requireSession(sessions));
  app.use(
    createOverviewRoutes(createOverviewLoader(prometheus, pager, clock, log)),
    createBoardRoutes(createBoardStore(settings.boardsDir), pager, publicUrl),
    createPrometheusProxy(settings.prometheusUrl, options.limits ?? BOARD_LIMITS),
    createIncidentRoutes(pager, publicUrl),
    createReportRoutes(collector),
    createLogRoutes({ grafanaUrl: settings.grafanaUrl, dir: settings.logsDir }),
    createRunbookRoutes(settings.runbooksDir, publicUrl),
  );
  app.use((_req, res) => {
    res.status(404).send(renderMessage("There is no such page", "What is going on now is at /."));
  });
  app.use((error: { status?: number }, req: Request, res: Response, next: NextFunction) => {
    if (res.headersSent) return next(error);
    const status = error.status !== undefined && error.status < 500 ? error.status : 500;
    if (status >= 500) log.error({ err: error, path: req.path }, "a request failed");
    res.status(status).send(renderMessage("This did not work", "The console's log says why."));
  });

  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, app);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(settings.httpPort, settings.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : settings.httpPort,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
