import { randomUUID } from "node:crypto";
import { createRouteTemplates } from "@watchkeeper/exporters/route-template";
import type { Log } from "@watchkeeper/process/log";
import type { Express, Response } from "express";

/** An id that a proxy in front has given already, if it cannot break a log line or a header. */
const ACCEPTABLE_ID = /^[\w-]{8,64}$/;

/** Probes come every few seconds and say nothing that the metrics do not. */
const QUIET_ROUTES = new Set(["/healthz"]);

export const requestIdOf = (response: Response): string => response.locals.requestId;

/** One line per request, without who, from where or what they typed; its id is also in the answer's X-Request-Id. */
export function logRequests(app: Express, log: Log): void {
  const templateOf = createRouteTemplates(app);
  app.use((request, response, next) => {
    const start = performance.now();
    const given = request.get("x-request-id");
    const requestId = given && ACCEPTABLE_ID.test(given) ? given : randomUUID();
    response.locals.requestId = requestId;
    response.set("X-Request-Id", requestId);
    response.once("close", () => {
      const route = templateOf(request);
      const line = {
        requestId,
        method: request.method,
        route,
        status: response.writableFinished ? response.statusCode : 499,
        durationMs: Math.round((performance.now() - start) * 10) / 10,
        tenantId: response.locals.session?.tenantId,
        reason: response.locals.reason,
      };
      if (line.status >= 500) log.warn(line, "request");
      else if (QUIET_ROUTES.has(route)) log.debug(line, "request");
      else log.info(line, "request");
    });
    next();
  });
}
