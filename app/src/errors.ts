import type { Dependency } from "@watchkeeper/exporters/dependency";

/** An answer that tells the client what to do differently. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  /**
   * @param code snake_case, stable: clients decide by it
   * @param message a sentence for people, without anything that the client did not already know
   */
  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
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
export const notFound = (): ClientError => new ClientError(404, "not_found", "There is no such employee");
