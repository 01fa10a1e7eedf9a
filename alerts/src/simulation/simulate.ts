import type { RuleTiming } from "../slo/timing.ts";
import { type Judge, type Objective, ourJudges, peerJudges } from "./judges.ts";
import { peers } from "./peers.ts";
import type { Random } from "./random.ts";
import { countedBy, type Scraped, scrape, type World } from "./world.ts";

/** Rules that are compared, ours first. */
export const contenders = ["strict", "balanced", "sloth", "pyrra", "naive"] as const;
export type Contender = (typeof contenders)[number];

/** From when until when somebody is told, in seconds since the begin of the world. */
export interface Firing {
  readonly begin: number;
  readonly end: number;
}

export interface Fired {
  readonly page: readonly Firing[];
  readonly ticket: readonly Firing[];
}

export interface Simulated {
  readonly scraped: Scraped;
  readonly fired: Readonly<Record<Contender, Fired>>;
}

export interface Run {
  readonly world: World;
  readonly objective: Objective;
  readonly timing: RuleTiming;
  readonly random: Random;
  /** What came before is history that the rules look back at. In seconds. */
  readonly from: number;
  /** Whether scrapes and rule groups all begin at 0, as in promtool. */
  readonly inPhase?: boolean;
  /** Which alerts are looked at; all by default. */
  readonly severities?: readonly Judge["severity"][];
}

/** When the alerts of one severity hold, `for` included. Nobody is told twice of what fires at the same time. */
function fire(
  judges: readonly Judge[],
  scraped: Scraped,
  timing: RuleTiming,
  offset: number,
  from: number,
  to: number,
): readonly Firing[] {
  const firings: Firing[] = [];
  const since = new Array<number | undefined>(judges.length).fill(undefined);
  const slack = 2 * scraped.interval + 2 * timing.interval + timing.lag;
  const longest = Math.max(...judges.map(({ reach }) => reach)) + slack;
  let begin: number | undefined;
  const last = Math.floor((to - offset) / timing.interval);
  for (let n = Math.ceil((from - offset) / timing.interval); n <= last; n += 1) {
    const now = offset + n * timing.interval;
    const errors = countedBy(scraped, "bad", now);
    const worthALook = errors > countedBy(scraped, "bad", now - longest);
    let firing = false;
    judges.forEach((judge, i) => {
      if (!worthALook || !judge.holds(n)) {
        since[i] = undefined;
        return;
      }
      const held = since[i] ?? now;
      since[i] = held;
      if (now - held >= judge.for) firing = true;
    });
    if (firing) begin ??= now;
    else if (begin !== undefined) {
      firings.push({ begin, end: now });
      begin = undefined;
    }
  }
  if (begin !== undefined) firings.push({ begin, end: Number.POSITIVE_INFINITY });
  return firings;
}

/** Lives through a world with all contenders watching the same scrapes. */
export function simulate(run: Run): Simulated {
  const { world, objective, timing, random, from, inPhase = false, severities = ["page", "ticket"] } = run;
  const scraped = scrape(world, timing.interval, random, inPhase);
  const phase = (): number => (inPhase ? 0 : random.uniform() * timing.interval);
  const ourOffset = phase();
  const ours = ourJudges(scraped, objective, timing, ourOffset, world.seconds);

  const tell = (judges: readonly Judge[], offset: number): Fired => {
    const of = (severity: Judge["severity"]): readonly Firing[] => {
      const some = judges.filter((judge) => judge.severity === severity);
      if (some.length === 0 || !severities.includes(severity)) return [];
      return fire(some, scraped, timing, offset, from, world.seconds);
    };
    return { page: of("page"), ticket: of("ticket") };
  };

  const theirs = peers(objective.days);
  const tellOf = (name: keyof typeof theirs): Fired => {
    const peer = theirs[name];
    const alerting = phase();
    const recording = peer.alertsApart ? phase() : alerting;
    // What another group recorded is as old as that group's last evaluation.
    const age = (alerting - recording + timing.interval) % timing.interval;
    const recordedAt = (n: number): number => alerting + n * timing.interval - age;
    return tell(peerJudges(scraped, peer, objective, recordedAt), alerting);
  };
  return {
    scraped,
    fired: {
      strict: tell(ours.strict, ourOffset),
      balanced: tell(ours.balanced, ourOffset),
      sloth: tellOf("sloth"),
      pyrra: tellOf("pyrra"),
      naive: tellOf("naive"),
    },
  };
}
