import { httpProblemsTotal } from "@watchkeeper/catalogue/metrics/problems";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import type { Log } from "@watchkeeper/process/log";
import type { ErrorRequestHandler, RequestHandler } from "express";
import { Problem, type ProblemCode, problems, UnavailableError } from "./problem.ts";
import { requestIdOf } from "./request-log.ts";

/** Where `GET` lists every kind of problem; a kind's own address is below it. */
export const PROBLEMS_PATH = "/api/problems";

/** What Express' own parsers say about bodies and paths that they refuse. */
const PARSER_PROBLEMS: Readonly<Record<number, ProblemCode>> = {
  400: "malformed",
  413: "too_large",
  415: "unsupported_media_type",
};

/** What each missing store means to people. */
const WITHOUT: Readonly<Record<UnavailableError["dependency"], string>> = {
  redis: "Sessions cannot be checked for the moment, so nobody is let in: try again soon",
  postgres: "The directory's data cannot be reached for the moment: try again soon",
};

function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof UnavailableError) {
    return new Problem("unavailable", WITHOUT[error.dependency], { headers: { "Retry-After": "5" } });
  }
  const status = (error as { status?: unknown } | undefined)?.status;
  const code = typeof status === "number" ? PARSER_PROBLEMS[status] : undefined;
  return code && new Problem(code);
}

export const answerNotFound: RequestHandler = () => {
  throw new Problem("not_found", "There is no such page");
};

/**
 * Answers every error as `application/problem+json` (RFC 9457) and counts it. What the client cannot mend is logged, and
 * told without details.
 */
export function answerProblems(log: Log, metrics: Metrics): ErrorRequestHandler {
  const counter = metrics.counter(httpProblemsTotal);
  return (error, _request, response, next) => {
    const requestId = requestIdOf(response);
    const known = problemOf(error);
    // An outage fails every request: its reason goes into the request's own line, without a stack.
    if (error instanceof UnavailableError) response.locals.reason = error.message;
    else if (!known) log.error({ requestId, err: error }, "request failed");
    const { code, message, headers, members } = known ?? new Problem("internal");
    counter.inc({ problem: code });
    if (response.headersSent) return next(error);
    const { status, title } = problems[code];
    response
      .status(status)
      .set(headers)
      .type("application/problem+json")
      .send(
        JSON.stringify({
          type: `${PROBLEMS_PATH}/${code}`,
          title,
          status,
          detail: message,
          code,
          requestId,
          ...members,
        }),
      );
  };
}
