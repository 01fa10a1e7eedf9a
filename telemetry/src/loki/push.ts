/** What became of one push. */
export type PushOutcome =
  | { readonly kind: "taken" }
  /** Worth trying again; not before `afterMs` where Loki named a time. */
  | { readonly kind: "retry"; readonly reason: string; readonly afterMs?: number }
  /** Loki will never take it. */
  | { readonly kind: "refused"; readonly reason: string };

export interface LokiTarget {
  /** Base address, such as `http://loki:3100`. */
  readonly url: string;
  /** Sent as a bearer token. */
  readonly token?: string | undefined;
  /** Sent as `X-Scope-OrgID`, for a Loki that serves several tenants. */
  readonly tenant?: string | undefined;
}

const PUSH_PATH = "/loki/api/v1/push";

/** Longer than Loki needs for a batch of ours, short enough that one that hangs is noticed before the queue is full. */
export const PUSH_TIMEOUT_MS = 5_000;

/** A server that asks us to wait for an hour would have us lose that hour. */
const MAX_RETRY_AFTER_MS = 60_000;

function retryAfterMs(header: string | null): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds * 1_000, MAX_RETRY_AFTER_MS) : undefined;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}

/**
 * Sends one gzipped body. Sending it again is safe: Loki keeps an entry with the same labels, time and text once.
 *
 * @param signal ends the attempt early; that is a `retry`, as Loki may or may not have taken it
 */
export async function push(target: LokiTarget, body: Uint8Array, signal: AbortSignal): Promise<PushOutcome> {
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "content-encoding": "gzip",
  };
  if (target.token !== undefined) headers.authorization = `Bearer ${target.token}`;
  if (target.tenant !== undefined) headers["x-scope-orgid"] = target.tenant;
  try {
    const response = await fetch(new URL(PUSH_PATH, target.url), {
      method: "POST",
      headers,
      body,
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(PUSH_TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    if (response.ok) return { kind: "taken" };
    const reason = `HTTP ${response.status}`;
    if (response.status !== 429 && response.status < 500) return { kind: "refused", reason };
    const afterMs = retryAfterMs(response.headers.get("retry-after"));
    return { kind: "retry", reason, ...(afterMs !== undefined && { afterMs }) };
  } catch (error) {
    return { kind: "retry", reason: reasonOf(error) };
  }
}
