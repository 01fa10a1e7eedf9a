import type { Log } from "@watchkeeper/process/log";
import type { ErrorRequestHandler, RequestHandler } from "express";
import { ClientError, UnavailableError } from "./errors.ts";
import { requestIdOf } from "./request-log.ts";

/** What Express' own parsers say about bodies and paths that they refuse. */
const PARSER_ERRORS: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ["malformed", "The request's address or body is malformed"],
  413: ["too_large", "The body is too large"],
  415: ["unsupported_media_type", "The body must be JSON in UTF-8"],
};

function clientErrorOf(error: unknown): ClientError | undefined {
  if (error instanceof ClientError) return error;
  if (error instanceof UnavailableError) {
    return new ClientError(
      503,
      "unavailable",
      "The directory is unavailable for the moment: try again soon",
      {
        "Retry-After": "5",
      },
    );
  }
  const status = (error as { status?: unknown } | undefined)?.status;
  const known = typeof status === "number" ? PARSER_ERRORS[status] : undefined;
  return known && new ClientError(status as number, ...known);
}

export const answerNotFound: RequestHandler = () => {
  throw new ClientError(404, "not_found", "There is no such page");
};

/** Answers every error as {"error":{"code","message"}}. What the client cannot mend is logged, and told without details. */
export function answerErrors(log: Log): ErrorRequestHandler {
  return (error, _request, response, next) => {
    const requestId = requestIdOf(response);
    const clientError = clientErrorOf(error);
    // An outage fails every request: its reason goes into the request's own line, without a stack.
    if (error instanceof UnavailableError) response.locals.reason = error.message;
    else if (!clientError) log.error({ requestId, err: error }, "request failed");
    if (response.headersSent) return next(error);
    const { status, code, message, headers } =
      clientError ?? new ClientError(500, "internal", "Something went wrong on our side");
    response.status(status).set(headers).json({ error: { code, message } });
  };
}
