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

/** What a provider answered. */
export interface ProviderAnswer {
  readonly status: number;
  /** At most 100,000 characters of it. */
  readonly text: string;
  readonly retryAfter: string | null;
}

/** Calls a provider. Redirects are answers: a secret must not follow one. */
export async function ask(
  url: string,
  init: {
    readonly method: "GET" | "POST";
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  },
  signal: AbortSignal,
): Promise<ProviderAnswer | Outcome> {
  try {
    const response = await fetch(url, {
      ...init,
      headers: { "user-agent": "watchkeeper-pager", ...init.headers },
      redirect: "manual",
      signal,
    });
    const retryAfter = response.headers.get("retry-after");
    return { status: response.status, text: await shortText(response), retryAfter };
  } catch (error) {
    return networkOutcome(error);
  }
}

/** How providers differ in what an answer other than "taken" means. */
export interface Reading {
  /** What a 5xx, 408 or 425 leaves behind: nothing worth a doubt, or perhaps a message. */
  readonly whenBroken: "retry" | "ambiguous";
  /** How long a 429 asks us to wait. */
  readonly pauseMs?: (answer: ProviderAnswer) => number;
}

/** @returns undefined when the provider has taken the message (2xx) */
export function readAnswer(answer: ProviderAnswer, reading: Reading): Outcome | undefined {
  const { status, text, retryAfter } = answer;
  if (status >= 200 && status < 300) return undefined;
  const reason = clip(`HTTP ${status}: ${text.replaceAll(/\s+/g, " ").trim()}`, 300);
  if (status === 429) {
    return { result: "too-fast", reason, pauseMs: reading.pauseMs?.(answer) ?? retryAfterMs(retryAfter) };
  }
  const passing = status >= 500 || status === 408 || status === 425;
  return passing ? { result: reading.whenBroken, reason } : { result: "dead", reason };
}

/**
 * Posts JSON to a provider that tells repetitions apart by a key, so that any doubt is settled by sending again.
 * 2xx is taken; 429 pauses; 5xx, 408 and 425 try again; every other answer is a refusal for good, redirects included.
 */
export async function postJson(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  reading: Reading = { whenBroken: "retry" },
): Promise<Outcome> {
  const init = { method: "POST", headers: { "content-type": "application/json", ...headers }, body } as const;
  const answer = await ask(url, init, signal);
  if ("result" in answer) return answer;
  return readAnswer(answer, reading) ?? { result: "sent", reference: null };
}

const MAX_ANSWER = 100_000;

/** The start of an answer: a page of HTML may be endless. */
async function shortText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_ANSWER) break;
  }
  return Buffer.concat(chunks).toString().slice(0, MAX_ANSWER);
}
