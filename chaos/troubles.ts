import { setTimeout as sleep } from "node:timers/promises";
import { type Checkpoint, checkpoints } from "@watchkeeper/pager/checkpoint";
import type { Random } from "./random.ts";
import type { Server, World } from "./world.ts";

export const CHANNELS = ["slack", "email", "pagerduty", "webhook"] as const;
const FAULTS = ["error", "rate-limit", "hang", "drop-after-accept"] as const;

/** Passed only while the database is away, or when it is back. */
const EMERGENCY = ["noted", "told", "adopted", "imported"] as const satisfies readonly Checkpoint[];
const ORDINARY = checkpoints.filter((point) => !EMERGENCY.some((other) => other === point));

/** Longer than the pager waits before it pages without its database. */
const AWAY_MS = 8_000;

const CARDS = [
  "kill",
  "kill-at",
  "kill-at",
  "kill-at",
  "kill-at",
  "stop",
  "fault",
  "fault",
  "fault",
  "fault",
  "postgres",
  "postgres-away",
  "clock-back",
  "clock-forward",
] as const;

/** All that breaks, one after the other; each mends itself after a while. */
export interface Troubles {
  /** Breaks something. @returns what, as it is counted */
  next(leftMs: number): Promise<string>;
  /** Waits until what mends itself has done so. */
  settled(): Promise<void>;
  readonly counts: ReadonlyMap<string, number>;
}

export function createTroubles(world: World, random: Random): Troubles {
  const counts = new Map<string, number>();
  const repairs = new Set<Promise<void>>();
  const card = random.deck(CARDS);
  const point = random.deck(ORDINARY);
  const emergencyPoint = random.deck(EMERGENCY);
  const channel = random.deck(CHANNELS);
  const fault = random.deck(FAULTS);

  const later = (work: Promise<void>): void => {
    repairs.add(work);
    void work.finally(() => repairs.delete(work));
  };

  async function restart(server: Server, env: Readonly<Record<string, string>> = {}): Promise<void> {
    await server.ended();
    await sleep(random.below(800));
    await server.start(env);
  }

  function killAndStart(pager: Server, env?: Readonly<Record<string, string>>): void {
    pager.signal("SIGCONT");
    pager.signal("SIGKILL");
    later(restart(pager, env));
  }

  async function takePostgresAway(ms: number): Promise<void> {
    // Its crash: every process of it ends without a checkpoint.
    world.postgres.signal("SIGQUIT");
    await world.postgres.ended();
    await sleep(ms);
    await world.postgres.start();
  }

  async function breakBy(what: (typeof CARDS)[number], leftMs: number): Promise<string> {
    const pager = random.pick(world.pagers);
    switch (what) {
      case "kill":
        killAndStart(pager);
        return "pager killed";
      case "kill-at": {
        const at = point();
        killAndStart(pager, { CHAOS_KILL_AT: at, CHAOS_KILL_ON: String(1 + random.below(3)) });
        return `pager killed at ${at}`;
      }
      case "stop":
        pager.signal("SIGSTOP");
        later(sleep(1_000 + random.below(12_000)).then(() => pager.signal("SIGCONT")));
        return "pager stopped for a while";
      case "postgres":
        if (!world.postgres.running) return "nothing";
        later(takePostgresAway(random.below(800)));
        return "PostgreSQL killed";
      case "postgres-away": {
        if (!world.postgres.running || leftMs < AWAY_MS) return "nothing";
        const at = emergencyPoint();
        pager.signal("SIGCONT");
        pager.signal("SIGKILL");
        await pager.ended();
        await pager.start({ CHAOS_KILL_AT: at, CHAOS_KILL_ON: "1" });
        later(takePostgresAway(AWAY_MS));
        return `PostgreSQL away for ${AWAY_MS / 1_000} s, pager killed at ${at}`;
      }
      case "clock-back":
        return (await world.stepClock(-(5_000 + random.below(55_000)))) ? "clock set back" : "nothing";
      case "clock-forward":
        return (await world.stepClock(5_000 + random.below(25_000))) ? "clock set forward" : "nothing";
      default: {
        const [name, mode] = [channel(), fault()];
        await fetch(`${world.inboxUrl}/api/faults/${name}`, {
          method: "PUT",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ mode, count: 1 + random.below(3) }),
        });
        return `${name}: ${mode}`;
      }
    }
  }

  return {
    counts,
    async next(leftMs) {
      const what = await breakBy(card(), leftMs);
      counts.set(what, (counts.get(what) ?? 0) + 1);
      // A pager that ended itself at its point is started again, without one.
      for (const one of world.pagers) if (!one.running && repairs.size === 0) later(restart(one));
      return what;
    },
    async settled() {
      while (repairs.size > 0) await Promise.all(repairs);
    },
  };
}

/** Everything works again. */
export async function repair(world: World): Promise<void> {
  for (const channel of CHANNELS) {
    await fetch(`${world.inboxUrl}/api/faults/${channel}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ mode: "ok", count: null }),
    });
  }
  await world.postgres.start();
  for (const pager of world.pagers) {
    pager.signal("SIGCONT");
    await pager.start();
  }
}
