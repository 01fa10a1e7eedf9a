import { reasonOf } from "@watchkeeper/process/main";

/** Another process did not answer as it should; the message is a sentence for the page. */
export class UpstreamError extends Error {
  override readonly name = "UpstreamError";
  /** The HTTP status where there was an answer. */
  readonly status: number | undefined;
  constructor(message: string, status?: number, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

export interface UpstreamLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export const UPSTREAM_LIMITS: UpstreamLimits = { timeoutMs: 5_000, maxBytes: 4 * 1024 * 1024 };

/** @throws UpstreamError when there is more */
export async function readBounded(response: Response, name: string, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes)
      throw new UpstreamError(`${name} answers with more than ${maxBytes} bytes`, response.status);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Asks another process for JSON within a time and a size.
 *
 * @param name how people call it, such as "Prometheus"
 * @returns the parsed body, whatever it is
 * @throws UpstreamError that says in one sentence what is wrong with it
 */
export async function fetchJson(
  name: string,
  url: string,
  init: RequestInit,
  { timeoutMs, maxBytes }: UpstreamLimits = UPSTREAM_LIMITS,
): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs);
  let text: string;
  let status: number;
  try {
    const response = await fetch(url, { ...init, signal, redirect: "error" });
    status = response.status;
    text = await readBounded(response, name, maxBytes);
  } catch (error) {
    if (error instanceof UpstreamError) throw error;
    if (signal.aborted) throw new UpstreamError(`${name} does not answer within ${timeoutMs / 1_000} s`);
    throw new UpstreamError(`${name} cannot be reached`, undefined, error);
  }
  if (status !== 200)
    throw new UpstreamError(`${name} answers with an error (${status})`, status, text.slice(0, 500));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UpstreamError(`${name} answers with something that is not JSON: ${reasonOf(error)}`, status);
  }
}
