/** Asks whether something works: resolves when it does, rejects with the reason when it does not. */
export type Check = (signal: AbortSignal) => Promise<void>;

/** How long a check may take unless its caller says otherwise. */
export const CHECK_TIMEOUT_MS = 2_000;

/**
 * Runs a check within a time limit, also one that ignores its signal.
 *
 * @throws what the check rejects with, or Error "no answer within <timeoutMs> ms"
 */
export async function runCheck(check: Check, timeoutMs = CHECK_TIMEOUT_MS): Promise<void> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`no answer within ${timeoutMs} ms`);
      reject(error);
      controller.abort(error);
    }, timeoutMs);
  });
  try {
    await Promise.race([check(controller.signal), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
