import type { Log } from "@watchkeeper/process/log";
import type { Request, Response, Router } from "express";
import type { z } from "zod";
import type { Operation } from "../api/operation.ts";
import { writeAuditLine } from "../audit-lines.ts";
import { parseInput, parseJson } from "../parse.ts";
import { Problem } from "../problem.ts";
import type { RequestLimit } from "../request-limit.ts";
import type { Session, Sessions } from "../session.ts";
import { tokenOf } from "../session-cookie.ts";

/** A checked request. */
export interface Input<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Who asks. @throws Error when the operation needs no session */
  readonly session: Session;
  readonly request: Request;
  readonly response: Response;
}

/** Puts an operation into a router: everything around its work is done by the definition. */
export type Mount = <
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
>(
  router: Router,
  operation: Operation<Params, Query, Body, Answer>,
  work: (
    input: Input<z.output<Params>, z.output<Query>, z.output<Body>>,
  ) => Promise<z.output<Answer>> | z.output<Answer>,
) => void;

export interface MountDeps {
  readonly sessions: Sessions;
  readonly requestLimit: RequestLimit;
  readonly audit: Log;
}

const LOG_IN = { headers: { "WWW-Authenticate": "Bearer" } };

/**
 * All of it happens inside the route: session, limits, body. So a refusal counts for its route, and a body is read only
 * for those who may send one.
 */
export function createMount({ sessions, requestLimit, audit }: MountDeps): Mount {
  async function authenticate(request: Request): Promise<Session> {
    const token = tokenOf(request);
    const session = token === undefined ? undefined : await sessions.find(token);
    if (session) {
      await requestLimit.countUser(session.employeeId);
      return session;
    }
    await requestLimit.countAddress(request.ip ?? "");
    throw new Problem("unauthenticated", "Sign in first", LOG_IN);
  }

  return (router, operation, work) => {
    const { method, path, needsSession, params, query, body, answer } = operation;

    router[method](path, async (request, response, next) => {
      if (method !== "get") writeAuditLine(audit, operation.id, response);
      if (needsSession) response.locals.session = await authenticate(request);
      else await requestLimit.countAddress(request.ip ?? "");
      // An id that cannot be one is the id of nothing.
      const found = params?.safeParse(request.params);
      if (found && !found.success) throw new Problem("not_found");
      response.locals.params = found?.data;
      next();
    });
    if (body) router[method](path, parseJson);
    router[method](path, async (request, response) => {
      const session: Session | undefined = response.locals.session;
      const result = await work({
        params: response.locals.params,
        query: query && parseInput(query, request.query),
        body: body && parseInput(body, request.body),
        get session() {
          if (!session) throw new Error(`Cannot say who asks as ${operation.id} needs no session`);
          return session;
        },
        request,
        response,
      } as Parameters<typeof work>[0]);
      response.status(answer.status);
      if (answer.schema) response.json(result);
      else response.end();
    });
  };
}
