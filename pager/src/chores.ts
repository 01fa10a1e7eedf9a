import { type Clock, systemClock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import { reasonOf } from "@watchkeeper/process/main";
import { createWake } from "./wake.ts";

/** Something that is done again and again, and that no page waits for. */
export interface Chore {
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<void>;
}

export interface Chores {
  /** Does one now instead of at its next turn. */
  wake(name: string): void;
  close(): Promise<void>;
}

/** Runs each chore at once and then in its own rhythm. One that fails is tried again at its next turn. */
export function startChores(log: Log, chores: readonly Chore[], clock: Clock = systemClock): Chores {
  const stopping = new AbortController();
  const wakes = new Map(chores.map(({ name }) => [name, createWake()]));
  const loop = async ({ name, everyMs, run }: Chore): Promise<void> => {
    let failing = false;
    while (!stopping.signal.aborted) {
      try {
        await run();
        if (failing) log.info({ chore: name }, "works again");
        failing = false;
      } catch (error) {
        if (!failing) log.error({ err: error, chore: name }, "does not work, trying again");
        else log.debug({ reason: reasonOf(error), chore: name }, "still does not work");
        failing = true;
      }
      await wakes.get(name)?.sleep(everyMs, clock, stopping.signal);
    }
  };
  const running = Promise.all(chores.map(loop));
  return {
    wake: (name) => wakes.get(name)?.wake(),
    close: async () => {
      stopping.abort();
      await running;
    },
  };
}
