import type { z } from "zod";
import type { ProblemCode } from "../problem.ts";

/**
 * One thing that the API can be asked for, as data: the router checks requests by it, and the OpenAPI document is made
 * of it, so neither can say what the other does not.
 */
export interface Operation<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  /** Its name in the document. */
  readonly id: string;
  readonly method: "get" | "post" | "patch" | "delete";
  /** In Express' notation. */
  readonly path: `/api/${string}`;
  readonly summary: string;
  readonly tag: "Session" | "People" | "Company" | "Installation" | "About";
  /** Whether only people with a session get an answer. */
  readonly needsSession: boolean;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: { readonly status: 200 | 201 | 204; readonly schema?: Answer };
  /** Problems beyond those that every operation has. */
  readonly problems?: readonly ProblemCode[];
}

/** Gives an operation its type without losing those of its parts. */
export const defineOperation = <
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodVoid,
>(
  operation: Operation<Params, Query, Body, Answer>,
): Operation<Params, Query, Body, Answer> => operation;

/** Every problem that an operation may answer with, in the order of the table of problems. */
export function problemsOf(operation: Operation): readonly ProblemCode[] {
  const { needsSession, params, query, body, problems = [] } = operation;
  const takesInput = query !== undefined || body !== undefined;
  return [
    ...(takesInput || params !== undefined ? (["malformed"] as const) : []),
    ...(takesInput ? (["invalid_input"] as const) : []),
    ...(needsSession ? (["unauthenticated"] as const) : []),
    ...(body !== undefined ? (["too_large", "unsupported_media_type"] as const) : []),
    ...problems,
    "rate_limited",
    "internal",
    "unavailable",
  ];
}
