import type { Queries, QueryRunner } from "@watchkeeper/exporters/database";
import type { Log } from "@watchkeeper/process/log";

/*
 * Every wait is a row with a time of the database's clock. When that clock is set back, all of them are too far away by
 * as much. Each replica compares it with its own monotonic clock, and the one that sees the step first moves the waits.
 *
 *   look ─┬─ the database's clock went as far as ours ──► nothing
 *         └─ less far ──► `steps` is still what it was? ──no──► another replica has moved them
 *                                      └─yes──► count the step and move every wait, in one transaction
 *
 * A clock that is set forward needs nobody: what waits is due early.
 */

/** Less is no step: a page that is this late is not late. */
const STEP_MS = 1_000;

export interface ClockWatch {
  /** Looks once. @throws Error when the database is away: the next look sees as much */
  look(): Promise<void>;
}

interface Seen {
  readonly atMs: number;
  readonly steps: number;
  /** Our clock right before and right after it was asked. */
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** @param monotonicMs never goes back; only differences of it mean something */
export function createClockWatch(
  database: QueryRunner,
  log: Log,
  monotonicMs: () => number = () => performance.now(),
): ClockWatch {
  let last: Seen | undefined;
  let suspected = 0;

  return {
    async look() {
      const beforeMs = monotonicMs();
      const { rows } = await database.query<{ at: Date; steps: number; seen_at: Date }>(
        "watch-clock",
        "SELECT pager_now() AS at, steps, seen_at FROM clock_watch",
      );
      const [row] = rows;
      if (!row) return;
      const seen: Seen = { atMs: row.at.getTime(), steps: row.steps, beforeMs, afterMs: monotonicMs() };
      const lostMs = last ? lostBetween(last, seen) : row.seen_at.getTime() - seen.atMs;
      // Another replica may know better by how much: what we have only read of is left to it for a while.
      if (!last && lostMs >= STEP_MS && suspected++ < PATIENT_LOOKS) return;
      if (lostMs >= STEP_MS && (!last || last.steps === seen.steps)) {
        const moved = await moveWaits(database, seen.steps, lostMs);
        if (moved)
          log.error({ lostMs: Math.round(lostMs) }, "the database's clock was set back: waits are moved");
        // Whoever moved them, this step is counted.
        last = { ...seen, steps: seen.steps + 1 };
        return;
      }
      if (seen.atMs - row.seen_at.getTime() >= REMEMBER_MS) {
        await database.query(
          "remember-clock",
          "UPDATE clock_watch SET seen_at = pager_now() WHERE seen_at < pager_now() AND steps = $1",
          [seen.steps],
        );
      }
      last = seen;
    },
  };
}

const PATIENT_LOOKS = 3;

/** How often a pager that is stopped and started later leaves word. */
const REMEMBER_MS = 10_000;

/** What the database's clock lost against ours; 0 as long as the time that the questions took explains it. */
function lostBetween(last: Seen, seen: Seen): number {
  const wentMs = seen.atMs - last.atMs;
  if (seen.beforeMs - last.afterMs - wentMs < STEP_MS) return 0;
  return (seen.beforeMs + seen.afterMs - last.beforeMs - last.afterMs) / 2 - wentMs;
}

/**
 * What is due, by how much each wait moves; and what is counted from: a time that has become the future again would
 * count for as long as the clock has lost.
 */
const MOVES: readonly string[] = [
  "UPDATE inbox SET due_at = due_at - $1 * interval '1 ms' WHERE state = 'pending'",
  "UPDATE escalation SET due_at = due_at - $1 * interval '1 ms' WHERE state = 'armed'",
  "UPDATE notification SET due_at = due_at - $1 * interval '1 ms' WHERE state = 'waiting'",
  `UPDATE notification SET queued_at = queued_at - $1 * interval '1 ms'
   WHERE state = 'queued' AND queued_at > pager_now()`,
  `UPDATE delivery SET due_at = due_at - $1 * interval '1 ms', lease_until = lease_until - $1 * interval '1 ms'
   WHERE state IN ('pending', 'leased', 'retry', 'ambiguous')`,
  `UPDATE destination SET next_send_at = next_send_at - $1 * interval '1 ms',
     paused_until = paused_until - $1 * interval '1 ms', failing_since = least(failing_since, pager_now())`,
  `UPDATE incident SET acknowledged_until = acknowledged_until - $1 * interval '1 ms',
     snoozed_until = snoozed_until - $1 * interval '1 ms'
   WHERE state <> 'resolved' AND (acknowledged_until IS NOT NULL OR snoozed_until IS NOT NULL)`,
  `UPDATE alert SET expires_at = expires_at - $1 * interval '1 ms', told_at = least(told_at, pager_now()),
     absent_since = absent_since - $1 * interval '1 ms',
     fact_at = CASE WHEN source = 'pager' THEN least(fact_at, pager_now()) ELSE fact_at END
   WHERE expires_at IS NOT NULL OR absent_since IS NOT NULL OR told_at > pager_now()
     OR (source = 'pager' AND fact_at > pager_now())`,
  "UPDATE storm SET grew_at = grew_at - $1 * interval '1 ms' WHERE closed_at IS NULL",
  "UPDATE heartbeat SET seen_at = least(seen_at, pager_now())",
  "UPDATE maintenance_window SET tried_at = least(tried_at, pager_now()) WHERE NOT settled",
];

/** @returns whether it was us who moved them */
const moveWaits = (database: QueryRunner, steps: number, lostMs: number): Promise<boolean> =>
  database.transaction(async (tx: Queries) => {
    const counted = await tx.query(
      "count-clock-step",
      "UPDATE clock_watch SET steps = steps + 1, seen_at = pager_now() WHERE steps = $1",
      [steps],
    );
    if (counted.rowCount !== 1) return false;
    // Those without a place for the length of the step need none.
    for (const text of MOVES) await tx.query("move-waits", text, text.includes("$1") ? [lostMs] : undefined);
    return true;
  });
