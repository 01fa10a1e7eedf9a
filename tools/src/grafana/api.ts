import type { GrafanaAccess } from "./settings.ts";

/** What Grafana answered. */
export interface Answer {
  readonly status: number;
  /** Undefined where the answer is not JSON. */
  readonly body: unknown;
}

/** Asks Grafana's HTTP API; paths begin with `/api`. */
export interface GrafanaApi {
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
}

const TIMEOUT_MS = 30_000;
/** More than any answer to one panel's queries; what is larger is not Grafana. */
const MOST_BYTES = 64 * 1024 * 1024;

async function bodyOf(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error(`its answer is larger than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return undefined;
  }
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer came within ${TIMEOUT_MS / 1_000} s`;
  const cause = error.cause as { readonly code?: string; readonly message?: string } | undefined;
  return cause?.code ?? cause?.message ?? error.message;
};

/** @throws Error (from each call) when Grafana cannot be reached; any status is an answer */
export function createApi({ url, authorization }: GrafanaAccess): GrafanaApi {
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    try {
      const response = await fetch(`${url}${path}`, {
        ...init,
        headers: { authorization, accept: "application/json", "content-type": "application/json" },
        // A redirect leads to a sign-in page or to another host, which must not get the secret.
        redirect: "manual",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: response.status, body: await bodyOf(response) };
    } catch (error) {
      throw new Error(`Cannot ask Grafana for ${path} as ${reasonOf(error)}`);
    }
  };
  return {
    get: (path) => ask(path, { method: "GET" }),
    post: (path, body = {}) => ask(path, { method: "POST", body: JSON.stringify(body) }),
  };
}

/** A property of an answer's body, however deep; undefined where there is no such thing. */
export const dig = (body: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null
        ? (value as Readonly<Record<string | number, unknown>>)[key]
        : undefined,
    body,
  );

/** An answer's status with Grafana's own words. */
export function refusalOf({ status, body }: Answer): string {
  const message = dig(body, "message");
  return typeof message === "string" && message !== "" ? `${status}: ${message}` : String(status);
}
