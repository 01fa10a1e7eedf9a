/** Refused as too many wait already. */
export class GateFullError extends Error {
  override readonly name = "GateFullError";
}

/** Lets a few pieces of work run at once and a few more wait; the rest is refused instead of piling up. */
export interface Gate {
  /** @throws GateFullError at once when nobody more may wait */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createGate({ running, waiting }: { running: number; waiting: number }): Gate {
  let free = running;
  const queue: (() => void)[] = [];
  return {
    async run(work) {
      if (free > 0) free--;
      else if (queue.length < waiting) await new Promise<void>((resolve) => queue.push(resolve));
      else throw new GateFullError("too many wait already");
      try {
        return await work();
      } finally {
        // The place is handed over, so that nobody who comes now overtakes those who wait.
        const next = queue.shift();
        if (next) next();
        else free++;
      }
    },
  };
}
