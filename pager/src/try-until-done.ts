import { type Clock, systemClock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import { reasonOf } from "@watchkeeper/process/main";

const PAUSE_MS = 1_000;

/** Does something once, and until it has succeeded again and again. `close` waits for a try on its way. */
export function tryUntilDone(
  name: string,
  work: () => Promise<void>,
  log: Log,
  clock: Clock = systemClock,
): { close(): Promise<void> } {
  const stopping = new AbortController();
  let lastReason = "";
  const done = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await work();
        log.info(`${name} has begun`);
        return;
      } catch (error) {
        const reason = reasonOf(error);
        // A database that is away for an hour is one line, not thousands; another reason is news.
        log[reason === lastReason ? "debug" : "warn"]({ reason }, `${name} cannot begin yet`);
        lastReason = reason;
      }
      await clock.sleep(PAUSE_MS, stopping.signal);
    }
  })();
  return {
    async close() {
      stopping.abort();
      await done;
    },
  };
}
