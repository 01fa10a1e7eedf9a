/** A scrape times out after 10 s by default; one slow collection must not cost the others. */
export const COLLECT_TIMEOUT_MS = 2_000;

/** @throws what the work rejects with, or Error when it takes longer than `COLLECT_TIMEOUT_MS` */
export async function collectWithin(
  work: void | Promise<void>,
  timeoutMs = COLLECT_TIMEOUT_MS,
): Promise<void> {
  if (!work) return;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${timeoutMs} ms`)), timeoutMs);
  });
  await Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}
