import { reasonOf } from "@watchkeeper/process/main";
import type { Outcome } from "./channel.ts";
import { clip } from "./words.ts";

/** A provider that says "too fast" without saying how long to wait. */
export const DEFAULT_PAUSE_MS = 30_000;

/** Errors before the first byte of a request could leave. */
const NEVER_LEFT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

function codesOf(error: unknown): readonly string[] {
  if (error instanceof AggregateError) return error.errors.flatMap(codesOf);
  if (!(error instanceof Error)) return [];
  const { code } = error as NodeJS.ErrnoException;
  return [...(code ? [code] : []), ...codesOf(error.cause)];
}

/** `fetch failed` hides its reason in `cause`. */
const deepReasonOf = (error: unknown): string =>
  error instanceof Error && error.cause ? `${error.message}: ${reasonOf(error.cause)}` : reasonOf(error);

/** What a failed request means: whether it can have reached the provider. */
export function networkOutcome(error: unknown): Outcome {
  const codes = codesOf(error);
  const neverLeft = codes.length > 0 && codes.every((code) => NEVER_LEFT.has(code));
  return { result: neverLeft ? "retry" : "ambiguous", reason: clip(deepReasonOf(error), 300) };
}

/** `Retry-After` in either of its forms, in milliseconds. */
export function retryAfterMs(header: string | null, nowMs = Date.now()): number {
  if (header === null) return DEFAULT_PAUSE_MS;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : DEFAULT_PAUSE_MS;
}

/**
 * Posts JSON to a provider that tells repetitions apart by a key, so that any doubt is settled by sending again.
 * 2xx is taken; 429 pauses; 5xx, 408 and 425 try again; every other answer is a refusal for good, redirects included
 * (a secret must not follow one).
 */
export async function postJson(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "watchkeeper-pager", ...headers },
      body,
      redirect: "manual",
      signal,
    });
    const { status } = response;
    if (response.ok) {
      await response.body?.cancel();
      return { result: "sent", reference: null };
    }
    const reason = clip(`HTTP ${status}: ${await shortText(response)}`, 300);
    if (status === 429) {
      return { result: "too-fast", reason, pauseMs: retryAfterMs(response.headers.get("retry-after")) };
    }
    const passing = status >= 500 || status === 408 || status === 425;
    return { result: passing ? "retry" : "dead", reason };
  } catch (error) {
    return networkOutcome(error);
  }
}

/** The start of an answer: a provider's reason fits, a page of HTML does not. */
async function shortText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > 1_000) break;
  }
  return Buffer.concat(chunks).toString().replaceAll(/\s+/g, " ").trim();
}
