import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { isSpanContextValid, trace } from "@opentelemetry/api";
import type { Express, Request, Response } from "express";
import { CLIENT_CLOSED_REQUEST } from "./http/recorder.ts";
import { spanOf } from "./http-traces.ts";
import { createLineAllowance } from "./line-allowance.ts";
import { createPersonalData } from "./personal-data.ts";
import { createRouteMemory } from "./route-template.ts";

/** The part of a pino logger that is needed. */
export interface RequestLogger {
  readonly level?: string;
  child(fields: object): RequestLogger;
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface RequestLogOptions {
  readonly logger: RequestLogger;
  /** Who asks, as far as is known when the answer has been sent. */
  readonly identify?: (
    request: Request,
    response: Response,
  ) => {
    readonly userId?: string | undefined;
    readonly tenantId?: string | undefined;
  };
  /** Further fields of a line, such as why a request was refused. Never what a user typed. */
  readonly describe?: (request: Request, response: Response) => object;
  /** Routes whose lines are written at the level `debug`: probes say nothing that metrics do not. */
  readonly quietRoutes?: readonly string[];
  /** Lines a second for answers below 500; server errors are always written. */
  readonly linesPerSecond?: number;
  /** Makes the pseudonyms of users the same in all instances. */
  readonly pseudonymKey?: string;
  /** Writes addresses, user agents and ids of users as they are: only where the law and your users allow it. */
  readonly wholePersonalData?: boolean;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** An id that a proxy in front has given already, if it cannot break a log line or a header. */
const ACCEPTABLE_ID = /^[\w-]{8,64}$/;
/** Enough for the browser and its version; what follows only tells people apart. */
const MAX_USER_AGENT = 64;
/** A line costs about 4 µs and has some 400 bytes: this many say everything, and a flood costs no more than 40 KB a second. */
const LINES_PER_SECOND = 100;

/** `app.handle` is how requests enter the app; a layer of Express would cost each of them more than its id does. */
interface Handler {
  handle(this: unknown, request: Request, response: Response, done?: unknown): void;
}

const ID_HEADER = "X-Request-Id";

/** The id of the request that this answers, which its line and its `X-Request-Id` carry. */
export function requestIdOf(response: Response): string | undefined {
  const id = response.getHeader(ID_HEADER);
  return typeof id === "string" ? id : undefined;
}

/** Express parses and compares addresses for each request; without a proxy's word there is one, that of the connection. */
const addressOf = (request: Request): string =>
  (request.headers["x-forwarded-for"] === undefined ? request.socket.remoteAddress : request.ip) ?? "";

/**
 * A logger for each status and method of a route, which Node.js and the app bound: what their lines have in common is
 * made JSON once, which takes a third off what pino does for each.
 */
function createLoggerMemory(
  logger: RequestLogger,
  path: string,
): (method: string, status: number) => RequestLogger {
  const known = new Map<number, Map<string, RequestLogger>>();
  return (method, status) => {
    const existing = known.get(status)?.get(method);
    // A child keeps the level that its parent had when it was made.
    if (existing && existing.level === logger.level) return existing;
    const made = logger.child({ metadata: { method, path, status } });
    const byMethod = known.get(status) ?? new Map<string, RequestLogger>();
    known.set(status, byMethod.set(method, made));
    return made;
  };
}

/**
 * Writes one line for each request of an Express 5 app when its answer is over: `requestId`, `userId`, `tenantId`,
 * `ip`, `userAgent`, `duration` (milliseconds), `metadata` (method, route template, status) and, within a trace,
 * `traceId` and `spanId`. It stands before all middleware, wherever it is called.
 *
 * The request's id is taken from `X-Request-Id` or made, and sent back in that header. Of personal data a line has the
 * network of the address, the beginning of the user agent and a pseudonym of the user. Above `linesPerSecond` lines
 * are held back; the next one says in `heldBack` how many.
 */
export function logRequests(app: Express, options: RequestLogOptions): void {
  const { logger, identify, describe, wholePersonalData = false, now = () => performance.now() } = options;
  const personal = createPersonalData(options.pseudonymKey);
  const allowance = createLineAllowance(options.linesPerSecond ?? LINES_PER_SECOND);
  const quiet = new Set(options.quietRoutes);
  const routeOf = createRouteMemory(app, (path) => ({
    isQuiet: quiet.has(path),
    loggerOf: createLoggerMemory(logger, path),
  }));

  const handler = app as unknown as Handler;
  const { handle } = handler;
  handler.handle = function handleLogged(request, response, done) {
    const startMs = now();
    const given = request.headers["x-request-id"];
    const requestId = typeof given === "string" && ACCEPTABLE_ID.test(given) ? given : randomUUID();
    response.setHeader(ID_HEADER, requestId);
    // Whoever emits "close" later stands outside the trace.
    const outer = trace.getActiveSpan()?.spanContext();
    // The address of a connection that is closed is known only if it was asked for before.
    void request.socket.remoteAddress;

    response.on("close", () => {
      const endMs = now();
      const status = response.writableFinished ? response.statusCode : CLIENT_CLOSED_REQUEST;
      const route = routeOf(request);
      const failed = status >= 500;
      const isQuiet = !failed && route.isQuiet;
      const heldBack = failed || isQuiet ? 0 : allowance.ask(endMs);
      if (heldBack === undefined) return;
      const who = identify?.(request, response);
      const userId = who?.userId;
      const userAgent = request.headers["user-agent"];
      const ip = addressOf(request);
      const span = spanOf(response) ?? outer;
      const traced = span !== undefined && isSpanContextValid(span);
      // All fields at once, in one order: objects that are alike are written several times faster.
      const line: Record<string, unknown> = {
        requestId,
        userId: userId && (wholePersonalData ? userId : personal.pseudonym(userId)),
        tenantId: who?.tenantId,
        ip: wholePersonalData ? ip : personal.network(ip),
        userAgent: wholePersonalData ? userAgent : userAgent?.slice(0, MAX_USER_AGENT),
        duration: Math.round((endMs - startMs) * 10) / 10,
        traceId: traced ? span.traceId : undefined,
        spanId: traced ? span.spanId : undefined,
        heldBack: heldBack > 0 ? heldBack : undefined,
      };
      if (describe) Object.assign(line, describe(request, response));
      const routeLogger = route.loggerOf(request.method, status);
      if (failed) routeLogger.warn(line, "request");
      else if (isQuiet) routeLogger.debug(line, "request");
      else routeLogger.info(line, "request");
    });
    handle.call(this, request, response, done);
  };
}
