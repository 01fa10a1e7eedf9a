import type { Policy, TargetReference } from "./directory.ts";

/*
 * One run of an escalation. Each arrow is one firing and waits for the timeout of the level before it.
 *
 *   level 1 ─► level 2 ─► … ─► last level ─┬─► catch-all ─► exhausted: nobody reached
 *      ▲                                   │      (left out when nobody is in it)
 *      └──────── next round, `repeat` times┘
 *
 * A level in which nobody can be told waits for nothing: the next one fires at once.
 */

/** Where an escalation stands; both count from 0. The catch-all is the level after the last. */
export interface Position {
  readonly round: number;
  readonly level: number;
}

export type Level =
  | {
      readonly kind: "level" | "catch-all";
      readonly targets: readonly TargetReference[];
      /** How long these people have. */
      readonly timeoutMs: number;
      readonly next: Position;
    }
  | { readonly kind: "exhausted" };

/** What happens at a position of a policy. */
export function levelAt(policy: Policy, { round, level }: Position): Level {
  const { levels, repeat, catchAll } = policy;
  const here = levels[level];
  if (here) {
    const isLast = level === levels.length - 1;
    const next = isLast && round < repeat ? { round: round + 1, level: 0 } : { round, level: level + 1 };
    return { kind: "level", targets: here.targets, timeoutMs: here.timeoutMs, next };
  }
  if (level > levels.length || catchAll.length === 0) return { kind: "exhausted" };
  // Those of the last resort have as long as the last level had.
  const timeoutMs = levels.at(-1)?.timeoutMs ?? CATCH_ALL_TIMEOUT_MS;
  return { kind: "catch-all", targets: catchAll, timeoutMs, next: { round, level: level + 1 } };
}

const CATCH_ALL_TIMEOUT_MS = 5 * 60_000;

/** Whether anybody is asked at all. */
export const asksPeople = ({ levels, catchAll }: Policy): boolean => levels.length > 0 || catchAll.length > 0;
