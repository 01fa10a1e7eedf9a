import type { Clock } from "@watchkeeper/process/clock";
import { type Request, Router } from "express";
import { type Answer, answerWith, type Trouble } from "../answer.ts";
import { FAULT_RETRY_AFTER_SECONDS, type Faults } from "../faults.ts";
import type { Store } from "../store.ts";
import { ArgumentError, readArguments, readToken } from "./arguments.ts";
import { createMethods, RateLimited, refused, SlackError } from "./methods.ts";

const MAX_BYTES = 1024 * 1024;

const rateLimited = (retryAfterSeconds: number): Answer => ({
  status: 429,
  body: { ok: false, error: "ratelimited" },
  headers: { "Retry-After": String(retryAfterSeconds) },
});

const trouble: Trouble = {
  error: { status: 500, body: { ok: false, error: "internal_error" } },
  rateLimit: rateLimited(FAULT_RETRY_AFTER_SECONDS),
  tooLarge: { status: 413, body: { ok: false, error: "request_too_large" } },
};

/** `GET` or `POST /slack/api/<method>`: the part of Slack's Web API that a notifier uses. */
export function createSlackRoutes(store: Store, faults: Faults, clock: Clock): Router {
  const methods = createMethods(store, clock);

  const call = (req: Request, body: Buffer): Answer => {
    const name = String(req.params.method);
    try {
      const args = readArguments(req, body);
      const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
      if (!method) throw new SlackError("unknown_method", { req_method: name });
      const token = readToken(req, args);
      if (token === undefined) throw new SlackError("not_authed");
      if (!token.startsWith("xoxb-")) throw new SlackError("invalid_auth");
      const result = method(args);
      return { status: 200, body: { ok: true, ...result.body }, accepted: result.accepted ?? false };
    } catch (error) {
      if (error instanceof RateLimited) return rateLimited(error.retryAfterSeconds);
      if (error instanceof SlackError) return refused(error);
      if (error instanceof ArgumentError) return refused(new SlackError(error.message));
      throw error;
    }
  };

  const router = Router();
  router.all("/slack/api/:method", ...answerWith(faults, "slack", MAX_BYTES, trouble, call));
  return router;
}
