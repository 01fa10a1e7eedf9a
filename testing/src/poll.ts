/**
 * Asks again and again until the answer is there. An attempt that throws counts as "not yet".
 *
 * @param what finishes the sentence "gave up waiting for …"
 * @param attempt answers undefined while it is not yet so
 * @throws Error with the last reason when `timeoutMs` have passed
 */
export async function until<T>(
  what: string,
  attempt: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 10_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  do {
    try {
      const answer = await attempt();
      if (answer !== undefined) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (Date.now() < deadline);
  throw new Error(`Gave up waiting for ${what} after ${timeoutMs} ms${last ? `: ${String(last)}` : ""}`);
}
