import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "@watchkeeper/process/clock";
import type { CookieOptions } from "express";

export const SESSION_COOKIE = "watchkeeper_session";
export const SESSION_MS = 30 * 24 * 60 * 60 * 1_000;

/**
 * Sessions that need no store: `<end in Unix milliseconds>.<HMAC-SHA256 of it>`. They survive a restart and end by
 * themselves; a new secret ends all of them.
 */
export interface Sessions {
  create(): string;
  isValid(cookie: string): boolean;
}

export function createSessions(secret: string, clock: Clock): Sessions {
  const sign = (end: string): Buffer => createHmac("sha256", secret).update(`session ${end}`).digest();
  return {
    create() {
      const end = String(clock.now() + SESSION_MS);
      return `${end}.${sign(end).toString("base64url")}`;
    },
    isValid(cookie) {
      const [end = "", signature = "", ...rest] = cookie.split(".");
      if (rest.length > 0 || !/^\d{1,16}$/.test(end)) return false;
      const given = Buffer.from(signature, "base64url");
      const expected = sign(end);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
      return clock.now() < Number(end);
    },
  };
}

export const cookieOptions = (publicUrl: string): CookieOptions => ({
  httpOnly: true,
  sameSite: "lax",
  secure: publicUrl.startsWith("https:"),
  path: "/",
});

/** The value of our cookie in a Cookie header; "" where there is none. */
export function readSessionCookie(header: string | undefined): string {
  const pair = (header ?? "").split(/;\s*/).find((one) => one.startsWith(`${SESSION_COOKIE}=`));
  return pair?.slice(SESSION_COOKIE.length + 1) ?? "";
}
