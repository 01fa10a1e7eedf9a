import express from "express";
import type { z } from "zod";
import { ClientError } from "./errors.ts";

/** Larger than any body that we accept, small enough that thousands of them are harmless. */
const MAX_BODY_BYTES = 16_384;

/** Reads a JSON body. It belongs to each route, so that a refused body still counts for that route. */
export const parseJson = express.json({ limit: MAX_BODY_BYTES });

/** Reads what a client sent. @throws ClientError 400 that names the first wrong field and what it must be */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join(".") || "the body";
  throw new ClientError(400, "invalid_input", `Cannot use ${field}: ${issue?.message ?? "it is invalid"}`);
}
