import { createHash, randomUUID } from "node:crypto";
import type { QueryRunner } from "@watchkeeper/exporters/database";
import type { Log } from "@watchkeeper/process/log";
import express, {
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from "express";
import type { z } from "zod";
import { appendAudit } from "./audit.ts";
import { ApiError, type Endpoint, isText } from "./endpoint.ts";
import { type Authenticate, type Caller, isAtLeast } from "./tokens.ts";

/** A note of 10,000 characters fits in, whatever its script. */
const MAX_BODY = "64kb";
const MAX_KEY = 200;

export interface RouterOptions {
  readonly database: QueryRunner;
  readonly endpoints: readonly Endpoint[];
  readonly authenticate: Authenticate;
  readonly log: Log;
}

function bearerOf(req: Request): string {
  return /^Bearer (.+)$/i.exec(req.get("authorization") ?? "")?.[1] ?? "";
}

function refuse(res: Response, status: number, code: string, message: string): void {
  res.status(status).json({ error: { code, message } });
}

/** @throws ApiError that names the field */
function parse(schema: z.ZodObject | undefined, input: unknown, what: "query" | "body"): unknown {
  if (!schema) return {};
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const message = `Cannot read the ${what} as ${issue?.path.join(".") || "it"} is wrong: ${issue?.message}`;
  throw new ApiError(400, `invalid_${what}`, message);
}

/** The key of a repeated request is the caller's own: nobody finds another's answer by it. */
function requestKeyOf(req: Request, caller: Caller): string {
  const given = req.get("idempotency-key");
  if (given === undefined) return `api:${caller.name}:${randomUUID()}`;
  if (given.length > MAX_KEY) {
    throw new ApiError(
      400,
      "invalid_key",
      `Cannot use this Idempotency-Key as it is longer than ${MAX_KEY} characters`,
    );
  }
  const about = createHash("sha256").update(`${req.method} ${req.path}\n${given}`).digest("hex");
  return `api:${caller.name}:${about}`;
}

/**
 * The routes of all endpoints under `/api`: 401 without a token, 403 with one whose role may not, 400 for what cannot
 * be read. Whatever may change something is in the audit log before it is done; without a database nothing is done.
 */
export function createApiRouter({ database, endpoints, authenticate, log }: RouterOptions): Router {
  const callers = new WeakMap<Request, Caller>();
  const callerOf = (req: Request): Caller => callers.get(req) as Caller;

  const admit: RequestHandler = (req, res, next) => {
    const caller = authenticate(bearerOf(req));
    res.set("cache-control", "no-store");
    if (caller) {
      callers.set(req, caller);
      return next();
    }
    res.set("www-authenticate", "Bearer");
    refuse(res, 401, "unauthorized", "Cannot let this in as its bearer token is missing or wrong");
  };

  const handle =
    (endpoint: Endpoint): RequestHandler =>
    async (req, res) => {
      const caller = callerOf(req);
      if (!isAtLeast(caller.role, endpoint.role)) {
        log.warn({ caller: caller.name, role: caller.role, endpoint: endpoint.id }, "request not allowed");
        const message = `Cannot do this as a ${caller.role}: it takes the role ${endpoint.role}`;
        throw new ApiError(403, "forbidden", message);
      }
      const path = endpoint.path?.safeParse(req.params);
      if (path && !path.success) throw new ApiError(404, "not_found", "Cannot find anything of this name");
      const request = {
        path: path?.data ?? {},
        query: parse(endpoint.query, req.query, "query"),
        body: parse(endpoint.body, req.body ?? {}, "body"),
        caller,
        requestKey: requestKeyOf(req, caller),
      };
      if (endpoint.subject) {
        await appendAudit(database, {
          actor: caller.name,
          role: caller.role,
          action: endpoint.id,
          subject: endpoint.subject(request.path),
          details: request.body as object,
        });
      }
      const answer = await endpoint.run(request as never);
      if (endpoint.answer === undefined) res.status(204).end();
      else if (isText(endpoint.answer)) res.type(endpoint.answer.contentType).send(String(answer));
      else res.json(answer);
    };

  const router = Router();
  router.use("/api", admit, express.json({ limit: MAX_BODY, strict: true }));
  for (const endpoint of endpoints) {
    router[endpoint.method](endpoint.url.replaceAll(/\{(\w+)\}/g, ":$1"), handle(endpoint));
  }
  router.use("/api", (error: unknown, _req: Request, res: Response, next: NextFunction) => {
    if (!(error instanceof ApiError) || res.headersSent) return next(error);
    refuse(res, error.status, error.code, error.message);
  });
  return router;
}
