/** Time as code asks for it, so that tests drive it instead of waiting for it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done, { once: true });
    }),
};

/** A clock that stands still until `advance` moves it. */
export interface ManualClock extends Clock {
  /** Moves time forward and lets the sleepers that are due run, in the order in which they are due. */
  advance(ms: number): Promise<void>;
  /** How many sleepers there are: what was woken has done its work when it sleeps again. */
  readonly sleeping: number;
}

export function createManualClock(startMs = 0): ManualClock {
  let now = startMs;
  let sleepers: { dueMs: number; wake: () => void }[] = [];
  return {
    now: () => now,
    get sleeping() {
      return sleepers.length;
    },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = (): void => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          signal?.removeEventListener("abort", wake);
          resolve();
        };
        const sleeper = { dueMs: now + ms, wake };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", wake, { once: true });
      }),
    async advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = sleepers.filter((s) => s.dueMs <= end).sort((a, b) => a.dueMs - b.dueMs)[0];
        if (!next) break;
        now = next.dueMs;
        next.wake();
        await new Promise((resolve) => setImmediate(resolve));
      }
      now = end;
    },
  };
}
