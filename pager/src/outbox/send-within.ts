import { reasonOf } from "@watchkeeper/process/main";
import type { Channel, Message, Outcome } from "../channels/channel.ts";

/** What a channel is given beyond its budget to notice that it is over. */
const GRACE_MS = 250;

/**
 * Lets a channel try once, for at most its budget. A channel that throws, or that does not end when told to, has an
 * unknown outcome: one bad channel never stops the others, and nothing is taken for delivered that may not be.
 */
export async function sendWithin(
  channel: Channel,
  message: Message,
  budgetMs: number,
  aborted: AbortSignal,
): Promise<Outcome> {
  const signal = AbortSignal.any([aborted, AbortSignal.timeout(budgetMs)]);
  let timer: NodeJS.Timeout | undefined;
  const giveUp = new Promise<Outcome>((resolve) => {
    const reason = `no answer within ${budgetMs} ms`;
    const onAbort = (): void => {
      timer = setTimeout(() => resolve({ result: "ambiguous", reason }), GRACE_MS);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([channel.send(message, signal), giveUp]);
  } catch (error) {
    return { result: "ambiguous", reason: reasonOf(error) };
  } finally {
    clearTimeout(timer);
  }
}
