import type { Preset, WindowDays } from "@watchkeeper/catalogue/slo";
import { pageDecision } from "../slo/page-decision.ts";
import { FLOOR, type PageTier, pageTiers, type TicketTier, ticketTiers } from "../slo/tiers.ts";
import { type RuleTiming, secondsOf } from "../slo/timing.ts";
import { limitOf, type Peer, type RatioAlert } from "./peers.ts";
import { errorRatio } from "./ratio.ts";
import { countedBy, type Scraped } from "./world.ts";

/** An alert as a program: whether its expression holds at the evaluation with some number. */
export interface Judge {
  readonly severity: "page" | "ticket";
  /** For how many seconds it must hold. */
  readonly for: number;
  /** The longest time that it looks back, in seconds: where there was no error, it does not hold. */
  readonly reach: number;
  holds(evaluation: number): boolean;
}

/** A promise as far as its alerts depend on it. */
export interface Objective {
  readonly objective: number;
  readonly days: WindowDays;
}

/** What the rules of a promise have recorded at each evaluation. */
interface Recorded {
  readonly events: Float64Array;
  readonly errors: Float64Array;
}

function record(scraped: Scraped, { interval, lag }: RuleTiming, offset: number, seconds: number): Recorded {
  const evaluations = Math.floor((seconds - offset) / interval) + 1;
  const events = new Float64Array(evaluations);
  const errors = new Float64Array(evaluations);
  for (let i = 0; i < evaluations; i += 1) {
    const seen = offset + i * interval - lag;
    events[i] = countedBy(scraped, "total", seen);
    errors[i] = countedBy(scraped, "bad", seen);
  }
  return { events, errors };
}

/** Our rules of both presets, on the tables that the rules are generated from. */
export function ourJudges(
  scraped: Scraped,
  { objective, days }: Objective,
  timing: RuleTiming,
  offset: number,
  seconds: number,
): Readonly<Record<Preset, readonly Judge[]>> {
  const { events, errors } = record(scraped, timing, offset, seconds);
  const share = 1 - objective;
  const within = (counted: Float64Array, evaluation: number, window: number): number =>
    (counted[evaluation] as number) - (counted[evaluation - window / timing.interval] ?? 0);
  const errorsIn = (evaluation: number, window: number): number => within(errors, evaluation, window);
  const allowedIn = (evaluation: number, window: number): number =>
    share * within(events, evaluation, window);
  const whole = days * 86_400;
  const budgetAt = (evaluation: number): number => {
    const age = Math.max(evaluation * timing.interval, 3_600);
    return allowedIn(evaluation, whole) * Math.min(Math.max(whole / age, 1), days * 24);
  };

  const page = (tier: PageTier): Judge => ({
    severity: "page",
    for: 0,
    reach: secondsOf(tier.long),
    holds: pageDecision(tier, whole, { errorsIn, allowedIn, budgetAt }),
  });

  const ticket = (tier: TicketTier): Judge => {
    const [short, long] = [secondsOf(tier.short), secondsOf(tier.long)];
    return {
      severity: "ticket",
      for: 0,
      reach: long,
      holds(n) {
        const inLong = errorsIn(n, long);
        return (
          inLong > 2 &&
          inLong / allowedIn(n, long) > tier.burnRate &&
          errorsIn(n, short) > tier.burnRate * allowedIn(n, short) &&
          inLong >= ((tier.burnRate * long) / whole) * FLOOR * budgetAt(n)
        );
      },
    };
  };

  const tickets = ticketTiers.map(ticket);
  return {
    strict: [...pageTiers.strict.map(page), ...tickets],
    balanced: [...pageTiers.balanced.map(page), ...tickets],
  };
}

/**
 * Rules of a peer's shape.
 * @param recordedAt when the ratios that an evaluation reads were recorded, in seconds
 */
export function peerJudges(
  scraped: Scraped,
  peer: Peer,
  { objective }: Objective,
  recordedAt: (evaluation: number) => number,
): readonly Judge[] {
  const budget = 1 - objective;
  return peer.alerts.map(({ severity, for: forTime, anyOf }: RatioAlert): Judge => {
    const conditions = anyOf.map((condition) => ({
      windows: condition.windows.map(secondsOf),
      limit: limitOf(condition, budget),
    }));
    return {
      severity,
      for: secondsOf(forTime),
      reach: Math.max(...conditions.flatMap(({ windows }) => windows)),
      holds: (evaluation) =>
        conditions.some(({ windows, limit }) =>
          windows.every((window) => {
            const ratio = errorRatio(scraped, window, recordedAt(evaluation));
            return ratio !== undefined && ratio > limit;
          }),
        ),
    };
  });
}
