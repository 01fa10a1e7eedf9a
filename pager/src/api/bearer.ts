import { createHash, timingSafeEqual } from "node:crypto";
import type { RequestHandler } from "express";

/** Digests have one length, so that neither the length nor the content of a token shows in the time. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/**
 * Lets a request through whose `Authorization: Bearer` is the token; others get 401.
 *
 * @param refused called for each of the others
 */
export function requireBearer(token: string, refused?: () => void): RequestHandler {
  const expected = digest(token);
  return (req, res, next) => {
    const given = /^Bearer (.+)$/i.exec(req.get("authorization") ?? "")?.[1] ?? "";
    if (timingSafeEqual(digest(given), expected)) return next();
    refused?.();
    res
      .set("www-authenticate", "Bearer")
      .status(401)
      .json({
        error: {
          code: "unauthorized",
          message: "Cannot let this in as its bearer token is missing or wrong",
        },
      });
  };
}
