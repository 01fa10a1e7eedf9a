import type { Request, RequestHandler, Response } from "express";
import { ClientError } from "./errors.ts";
import { SESSION_TTL_MS, type Session, type Sessions } from "./session.ts";

const COOKIE = "directory_session";

/** The token of an API client (bearer) or of a browser (cookie). */
export function tokenOf(request: Request): string | undefined {
  const [scheme, bearer] = (request.headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() === "bearer" && bearer) return bearer;
  const cookies = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim().split("="));
  return cookies.find(([name]) => name === COOKIE)?.[1];
}

/** Lax keeps other sites from sending the cookie with anything but a link; scripts never see it. */
const cookieOptions = (request: Request) =>
  ({ httpOnly: true, sameSite: "lax", secure: request.secure, path: "/" }) as const;

export const setSessionCookie = (request: Request, response: Response, token: string): void =>
  void response.cookie(COOKIE, token, { ...cookieOptions(request), maxAge: SESSION_TTL_MS });

export const clearSessionCookie = (request: Request, response: Response): void =>
  void response.clearCookie(COOKIE, cookieOptions(request));

/** Lets only people with a session pass. It belongs to each route, so that a refusal still counts for that route. */
export function authenticate(sessions: Sessions): RequestHandler {
  return async (request, response, next) => {
    const token = tokenOf(request);
    const session = token === undefined ? undefined : await sessions.find(token);
    if (!session)
      throw new ClientError(401, "unauthenticated", "Log in first", { "WWW-Authenticate": "Bearer" });
    response.locals.session = session;
    next();
  };
}

/** The session that `authenticate` found. */
export function sessionOf(response: Response): Session {
  const session: Session | undefined = response.locals.session;
  if (!session) throw new Error("Cannot give the session as the route lacks authenticate()");
  return session;
}
