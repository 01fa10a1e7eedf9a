import type { z } from "zod";
import type { Caller, Role } from "./tokens.ts";

/** What an endpoint says when it cannot do what was asked. The message is a sentence for people. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: 400 | 403 | 404 | 409;
  readonly code: string;
  constructor(status: ApiError["status"], code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const notFound = (what: string): ApiError => new ApiError(404, "not_found", `Cannot find ${what}`);

type Shape = z.ZodObject;
type Parsed<Schema extends Shape | undefined> = Schema extends Shape
  ? z.output<Schema>
  : Record<never, never>;

/** A text that is not JSON, such as Markdown. */
export interface TextAnswer {
  readonly contentType: string;
}

export interface Request<Path, Query, Body> {
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  /** The same for the same request, however often it is made: from `Idempotency-Key`, where one is given. */
  readonly requestKey: string;
}

/**
 * One way into the API: the route, its checks and its line in the OpenAPI document all come from here, so that none
 * of them can differ from the others.
 */
export interface Endpoint {
  readonly id: string;
  readonly method: "get" | "post" | "delete";
  /** With parameters in braces: `/api/incidents/{id}`. */
  readonly url: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly role: Role;
  readonly path: Shape | undefined;
  readonly query: Shape | undefined;
  readonly body: Shape | undefined;
  /** Undefined: the answer has no content. */
  readonly answer: z.ZodType | TextAnswer | undefined;
  readonly failures: readonly ApiError["status"][];
  /** What the audit log calls the thing that is changed; reading is not written down. */
  readonly subject: ((path: Readonly<Record<string, unknown>>) => string) | undefined;
  run(request: Request<never, never, never>): Promise<unknown>;
}

type Answered<Answer> = Answer extends z.ZodType
  ? z.input<Answer>
  : Answer extends TextAnswer
    ? string
    : undefined;

/** Defines an endpoint with the types that its schemas say. */
export function defineEndpoint<
  Path extends Shape | undefined = undefined,
  Query extends Shape | undefined = undefined,
  Body extends Shape | undefined = undefined,
  Answer extends z.ZodType | TextAnswer | undefined = undefined,
>(definition: {
  readonly id: string;
  readonly method: Endpoint["method"];
  readonly url: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly role: Role;
  readonly path?: Path;
  readonly query?: Query;
  readonly body?: Body;
  readonly answer?: Answer;
  readonly failures?: readonly ApiError["status"][];
  readonly subject?: (path: Readonly<Record<string, unknown>>) => string;
  run(request: Request<Parsed<Path>, Parsed<Query>, Parsed<Body>>): Promise<Answered<Answer>>;
}): Endpoint {
  const { path, query, body, answer, subject, failures = [], ...rest } = definition;
  return { ...rest, path, query, body, answer, subject, failures } as Endpoint;
}

export const isText = (answer: Endpoint["answer"]): answer is TextAnswer =>
  answer !== undefined && "contentType" in answer;
