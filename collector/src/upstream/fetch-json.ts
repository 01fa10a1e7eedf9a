import { reasonOf } from "@watchkeeper/process/main";

const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Asks another process for JSON within a time and a size.
 *
 * @param name how people call it, such as "Prometheus"
 * @throws Error that says in one sentence what is wrong with it
 */
export async function fetchJson(
  name: string,
  url: string,
  init: RequestInit,
  timeoutMs: number,
): Promise<unknown> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = init.signal ? AbortSignal.any([timeout, init.signal]) : timeout;
  let response: Response;
  const chunks: Uint8Array[] = [];
  try {
    response = await fetch(url, { ...init, signal, redirect: "error" });
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) throw new Error("its answer is too large");
      chunks.push(chunk);
    }
  } catch (error) {
    if (timeout.aborted) throw new Error(`${name} does not answer within ${timeoutMs / 1_000} s`);
    const cause = (error as { cause?: unknown }).cause;
    throw new Error(`${name} cannot be asked: ${reasonOf(cause instanceof Error ? cause : error)}`, {
      cause: error,
    });
  }
  const text = Buffer.concat(chunks).toString("utf8");
  try {
    const body: unknown = JSON.parse(text);
    if (response.ok) return body;
  } catch {
    // Said below.
  }
  throw new Error(`${name} answers with ${response.status}: ${text.slice(0, 200).replaceAll(/\s+/g, " ")}`);
}
