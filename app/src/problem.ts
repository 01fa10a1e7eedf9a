import type { LabelValue } from "@watchkeeper/catalogue/labels";
import type { Dependency } from "@watchkeeper/exporters/dependency";

export type ProblemCode = LabelValue<"problem">;

/** Every kind of problem that the API answers with: its status and a title that is the same every time. */
export const problems = {
  malformed: { status: 400, title: "The request's address or body is malformed" },
  invalid_input: { status: 400, title: "The request does not say what it must" },
  invalid_cursor: { status: 400, title: "The cursor is not one of ours" },
  unknown_manager: { status: 400, title: "There is no such manager" },
  unauthenticated: { status: 401, title: "Nobody is signed in" },
  invalid_credentials: { status: 401, title: "Tenant, e-mail or password is wrong" },
  wrong_password: { status: 403, title: "The current password is another" },
  forbidden: { status: 403, title: "This is not yours to do" },
  not_found: { status: 404, title: "There is nothing here" },
  duplicate_email: { status: 409, title: "Somebody has this e-mail address already" },
  duplicate_tenant: { status: 409, title: "A tenant has this short name already" },
  version_conflict: { status: 409, title: "Somebody else was faster" },
  has_reports: { status: 409, title: "People still report to this person" },
  reporting_cycle: { status: 409, title: "Nobody can report to themselves" },
  too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "The body must be JSON in UTF-8" },
  rate_limited: { status: 429, title: "Too many requests" },
  internal: { status: 500, title: "Something went wrong on our side" },
  busy: { status: 503, title: "Too many people sign in at this moment" },
  unavailable: { status: 503, title: "The directory is unavailable for the moment" },
} as const satisfies Record<ProblemCode, { readonly status: number; readonly title: string }>;

export interface ProblemOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Members beyond those of RFC 9457, such as the fields that are wrong. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** An answer that tells the client what to do differently. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly members: Readonly<Record<string, unknown>>;
  /** @param detail a sentence for people, without anything that the client did not already know */
  constructor(
    code: ProblemCode,
    detail: string = problems[code].title,
    { headers = {}, members = {} }: ProblemOptions = {},
  ) {
    super(detail);
    this.code = code;
    this.headers = headers;
    this.members = members;
  }
}

/** A dependency cannot be reached or does not answer in time; it may come back at any moment. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
  readonly dependency: Dependency;
  constructor(dependency: Dependency, cause: unknown) {
    super(`${dependency} is unavailable: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
    this.dependency = dependency;
  }
}

/** The one answer for a person that is not there, is another tenant's, or never was. */
export const notFound = (): Problem => new Problem("not_found", "There is no such employee");

/** Too often; @param retryAfterMs how long to wait */
export const rateLimited = (detail: string, retryAfterMs: number): Problem =>
  new Problem("rate_limited", detail, {
    headers: { "Retry-After": String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) },
  });
