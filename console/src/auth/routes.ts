import type { Clock } from "@watchkeeper/process/clock";
import { type RequestHandler, Router } from "express";
import { renderMessage } from "../web/layout.ts";
import { createAttempts } from "./attempts.ts";
import type { LoginToken } from "./login-token.ts";
import { cookieOptions, readSessionCookie, SESSION_COOKIE, SESSION_MS, type Sessions } from "./session.ts";

/** @param command what prints an address that signs in, where this console runs */
const howTo = (command: string): string => `Run \`${command}\` in a terminal for a fresh address.`;

export interface AuthOptions {
  readonly token: LoginToken;
  readonly sessions: Sessions;
  readonly publicUrl: string;
  /** What a person runs for an address that signs in. */
  readonly signInCommand: string;
  readonly clock: Clock;
}

/** `GET /login?token=…` and `POST /logout`. */
export function createAuthRoutes(options: AuthOptions): Router {
  const { token, sessions, publicUrl, signInCommand, clock } = options;
  const how = howTo(signInCommand);
  const router = Router();
  const attempts = createAttempts(clock);

  router.get("/login", async (req, res) => {
    const candidate = typeof req.query.token === "string" ? req.query.token : "";
    res.set("Cache-Control", "no-store");
    if (await token.use(candidate)) {
      res.cookie(SESSION_COOKIE, sessions.create(), { ...cookieOptions(publicUrl), maxAge: SESSION_MS });
      return void res.redirect(303, "/");
    }
    const waitSeconds = attempts.fail();
    if (waitSeconds > 0) {
      res.status(429).set("Retry-After", String(waitSeconds));
      return void res.send(renderMessage("Too many attempts", `Try again in ${waitSeconds} s. ${how}`));
    }
    res
      .status(403)
      .send(renderMessage("This address was used already, or is wrong", `It works only once. ${how}`));
  });

  router.post("/logout", (_req, res) => {
    res.clearCookie(SESSION_COOKIE, cookieOptions(publicUrl));
    res.send(renderMessage("You are signed out", how));
  });

  return router;
}

/** Lets only people with a session through: 401 as JSON below `/api`, as a page elsewhere. */
export function requireSession(sessions: Sessions, signInCommand: string): RequestHandler {
  return (req, res, next) => {
    res.set("Cache-Control", "no-store");
    if (sessions.isValid(readSessionCookie(req.headers.cookie))) return next();
    res.status(401);
    if (req.path.startsWith("/api/")) {
      res.json({
        error: { code: "unauthorized", message: "Cannot answer without a session: sign in first" },
      });
    } else {
      res.send(renderMessage("Please sign in", howTo(signInCommand)));
    }
  };
}
