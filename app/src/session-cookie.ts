import type { Request, Response } from "express";
import { SESSION_TTL_MS } from "./session.ts";

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
