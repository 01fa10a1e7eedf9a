import { requestIdOf as idOf, logRequests as logRequestsOf } from "@watchkeeper/exporters/request-log";
import type { Log } from "@watchkeeper/process/log";
import type { Express, Response } from "express";

/** The id that the request's line and the answer's `X-Request-Id` carry. */
export const requestIdOf = (response: Response): string => idOf(response) ?? "unknown";

/** One line for each request, with whose it was as a pseudonym and why it was refused. */
export function logRequests(app: Express, logger: Log): void {
  logRequestsOf(app, {
    logger,
    quietRoutes: ["/healthz"],
    identify: (_request, { locals }) => ({
      userId: locals.session?.employeeId,
      tenantId: locals.session?.tenantId,
    }),
    describe: (_request, { locals }) => ({ reason: locals.reason }),
  });
}
