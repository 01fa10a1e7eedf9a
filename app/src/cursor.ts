import { createHmac, timingSafeEqual } from "node:crypto";
import type { z } from "zod";
import { Problem } from "./problem.ts";

/** 128 bits: nobody guesses them, and a cursor stays short. */
const SEAL_BYTES = 16;

/** Longer than any cursor of ours. */
export const MAX_CURSOR_LENGTH = 1_000;

/**
 * Cursors say where a page ends. They are sealed together with what they were made for, so that one that was made up,
 * changed, or taken from another tenant or question is refused instead of answered with something that seems right.
 */
export interface Cursors {
  /** @param context the tenant and the question, always in the same order */
  seal(context: readonly string[], position: unknown): string;
  /** @throws Problem 400 when the cursor was not sealed for this context */
  open<T>(context: readonly string[], cursor: string, schema: z.ZodType<T>): T;
}

/** @param secret at least 32 characters, the same for all instances */
export function createCursors(secret: string): Cursors {
  const sealOf = (context: readonly string[], payload: string): Buffer =>
    createHmac("sha256", secret)
      .update(JSON.stringify([...context, payload]))
      .digest()
      .subarray(0, SEAL_BYTES);
  const refuse = (): never => {
    throw new Problem("invalid_cursor", "Cannot use cursor: take it from the page before, or leave it out");
  };
  return {
    seal(context, position) {
      const payload = Buffer.from(JSON.stringify(position)).toString("base64url");
      return `${payload}.${sealOf(context, payload).toString("base64url")}`;
    },
    open(context, cursor, schema) {
      const [payload = "", seal = "", ...rest] = cursor.slice(0, MAX_CURSOR_LENGTH + 1).split(".");
      const given = Buffer.from(seal, "base64url");
      const expected = sealOf(context, payload);
      // A seal in another spelling of base64 is not ours either.
      const isOurs = given.length === SEAL_BYTES && timingSafeEqual(given, expected);
      if (rest.length > 0 || !isOurs || given.toString("base64url") !== seal) return refuse();
      // What we sealed we also wrote, but perhaps in another version.
      const result = schema.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
      return result.success ? result.data : refuse();
    },
  };
}
