import express, { type RequestHandler } from "express";
import type { z } from "zod";
import { Problem } from "./problem.ts";

/** Larger than any body that we accept, small enough that thousands of them are harmless. */
const MAX_BODY_BYTES = 16_384;

const readJson = express.json({ limit: MAX_BODY_BYTES });

/** Reads a JSON body. What is sent as something else is refused instead of ignored. */
export const parseJson: RequestHandler = (request, response, next) => {
  const hasBody =
    Number(request.headers["content-length"] ?? 0) > 0 || request.headers["transfer-encoding"] !== undefined;
  if (hasBody && !request.is("application/json")) throw new Problem("unsupported_media_type");
  readJson(request, response, next);
};

/** A client that sends everything wrong learns it in pieces. */
const MAX_ERRORS = 10;

/** Reads what a client sent. @throws Problem 400 that names each wrong field and what it must be */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, MAX_ERRORS).map(({ path, message }) => ({
    field: path.join(".") || "body",
    message,
  }));
  const [first] = errors;
  throw new Problem("invalid_input", `Cannot use ${first?.field}: ${first?.message}`, {
    members: { errors },
  });
}
