import { reasonOf } from "@watchkeeper/process/main";
import { z } from "zod";

/** An answer of the directory; `body` is undefined where it is no JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterMs: number;
}

export interface DirectoryRequest {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly token?: string | undefined;
  /** Where the person seems to be: the directory counts failed logins by address, and these are many people. */
  readonly address?: string | undefined;
  readonly body?: object;
}

/** Sends a request. @throws Error when no answer comes: refused, cut off or not within `REQUEST_TIMEOUT_MS` */
export type DirectoryClient = (request: DirectoryRequest) => Promise<Answer>;

const REQUEST_TIMEOUT_MS = 5_000;

/** `fetch` says "fetch failed" whatever happened; the reason is in its cause. */
const send = (url: URL, init: RequestInit): Promise<Response> =>
  fetch(url, init).catch((error: unknown) => {
    throw error instanceof TypeError && error.cause
      ? new Error(reasonOf(error.cause), { cause: error })
      : error;
  });

const retryAfterSchema = z.coerce.number().min(0).max(86_400).catch(0);

/** @param baseUrl such as `http://127.0.0.1:4701` */
export function createDirectoryClient(baseUrl: string): DirectoryClient {
  return async ({ method = "GET", path, token, address, body }) => {
    const response = await send(new URL(path, baseUrl), {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(address !== undefined && { "x-forwarded-for": address }),
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await response.text();
    const isJson = /^application\/(?:problem\+)?json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      body: isJson ? JSON.parse(text) : undefined,
      retryAfterMs: retryAfterSchema.parse(response.headers.get("retry-after")) * 1_000,
    };
  };
}
