import type { Clock } from "@watchkeeper/process/clock";

/** Lets one loop sleep until the next poll or until somebody has news, whichever comes first. */
export interface Wake {
  wake(): void;
  /** Ends at once when a wake-up came while nobody slept. */
  sleep(ms: number, clock: Clock, signal: AbortSignal): Promise<void>;
}

export function createWake(): Wake {
  let pending = false;
  let interrupt: (() => void) | undefined;
  return {
    wake() {
      pending = true;
      interrupt?.();
    },
    async sleep(ms, clock, signal) {
      if (!pending) {
        const woken = new AbortController();
        interrupt = () => woken.abort();
        await clock.sleep(ms, AbortSignal.any([signal, woken.signal]));
        interrupt = undefined;
      }
      pending = false;
    },
  };
}
