import type { z } from "zod";
import { ClientError } from "./errors.ts";

/** Reads what a client sent. @throws ClientError 400 that names the first wrong field and what it must be */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join(".") || "the body";
  throw new ClientError(400, "invalid_input", `Cannot use ${field}: ${issue?.message ?? "it is invalid"}`);
}
