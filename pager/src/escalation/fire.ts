import type { Queries, QueryRunner } from "@watchkeeper/exporters/database";
import type { Pass } from "../checkpoint.ts";
import { recordEvents } from "../incidents/timeline.ts";
import type { PagerMetrics } from "../metrics.ts";
import type { Reach } from "../routes.ts";
import { levelAt, type Position } from "./decide-level.ts";
import type { Policy } from "./directory.ts";
import { notifyPeople, queueNotifications } from "./notify.ts";

export interface FireOptions {
  readonly database: QueryRunner;
  readonly reach: Reach;
  readonly metrics: PagerMetrics;
  readonly checkpoint?: Pass | undefined;
}

interface DueRow {
  incident_id: string;
  run: number;
  round: number;
  level: number;
  policy: Policy;
  late_ms: number;
  at: Date;
}

/** Escalations in one transaction: enough to keep up with thousands, few enough to be quick. */
const BATCH = 50;

/** What a firing did, for the metrics; they count what was committed. */
interface Fired {
  readonly result: "paged" | "nobody_on_call" | "catch_all" | "nobody_reached";
  readonly lateSeconds: number;
  readonly told: readonly string[];
}

/**
 * Fires the levels that are due and queues the pages that follow. Each level fires once in its run: the row is locked
 * while it fires, and the key of `escalation_fired` refuses a second time.
 *
 * @returns whether there may be more
 */
export async function fireDue(options: FireOptions): Promise<boolean> {
  const { metrics, checkpoint } = options;
  const fired = await options.database.transaction(async (tx) => {
    const { rows } = await tx.query<DueRow>(
      "due-escalations",
      `SELECT e.incident_id, e.run, e.round, e.level, e.policy, pager_now() AS at,
         (extract(epoch FROM pager_now() - e.due_at) * 1000)::double precision AS late_ms
       FROM escalation e JOIN incident i ON i.id = e.incident_id JOIN incident_key k ON k.key = i.key
       WHERE e.state = 'armed' AND e.due_at <= pager_now()
       ORDER BY e.due_at LIMIT $1 FOR NO KEY UPDATE OF e, k SKIP LOCKED`,
      [BATCH],
    );
    const all: Fired[] = [];
    for (const row of rows) all.push(...(await fireOne(tx, options.reach, row)));
    const full = rows.length === BATCH;
    // Everybody's turn is looked at once, when no level is due any more.
    await queueNotifications(tx, full ? [...new Set(all.flatMap(({ told }) => told))] : undefined);
    if (all.length > 0) await checkpoint?.("fired");
    return { all, full };
  });
  if (fired.all.length > 0) await checkpoint?.("escalated");
  for (const { result, lateSeconds } of fired.all) {
    metrics.escalations.inc({ escalation_result: result });
    metrics.escalationLateness.observe({}, lateSeconds);
  }
  return fired.full;
}

async function fireOne(
  tx: Queries,
  { directory, destinations }: Reach,
  row: DueRow,
): Promise<readonly Fired[]> {
  const { incident_id: incidentId, run, policy, at } = row;
  const fired: Fired[] = [];
  const lateSeconds = Math.max(0, row.late_ms) / 1_000;
  let position: Position = row;
  for (;;) {
    const level = levelAt(policy, position);
    if (level.kind === "exhausted") {
      await exhaust(tx, incidentId, run);
      fired.push({ result: "nobody_reached", lateSeconds, told: [] });
      return fired;
    }
    const reason = level.kind === "catch-all" ? "catch-all" : "escalation";
    const targets = await directory.targetsAt(tx, level.targets, at);
    const about = { incidentId, run, round: position.round, level: position.level, reason } as const;
    const { told, unreachable } = await notifyPeople(tx, about, targets, destinations);
    await tx.query(
      "log-fired-level",
      `INSERT INTO escalation_fired (incident_id, run, round, level, due_at, people)
       SELECT incident_id, run, $3, $4, due_at, $5 FROM escalation WHERE incident_id = $1 AND run = $2`,
      [incidentId, run, position.round, position.level, told.length],
    );
    const name = level.kind === "catch-all" ? "the catch-all" : `level ${position.level + 1}`;
    const texts = [
      ...(told.length > 0 ? [`${name} is asked: ${told.join(", ")}`] : []),
      ...(unreachable.length > 0
        ? [`${name}: no channel that is set up reaches ${unreachable.join(", ")}`]
        : []),
      ...(targets.length === 0 ? [`${name}: nobody is on call`] : []),
    ];
    const kind = told.length > 0 ? "escalated" : "nobody-on-call";
    await recordEvents(
      tx,
      texts.map((text) => ({ incidentId, kind, text })),
    );
    fired.push({
      result: told.length === 0 ? "nobody_on_call" : level.kind === "catch-all" ? "catch_all" : "paged",
      lateSeconds,
      told,
    });
    position = level.next;
    if (told.length > 0) {
      await arm(tx, incidentId, run, position, level.timeoutMs);
      return fired;
    }
  }
}

async function arm(
  tx: Queries,
  incidentId: string,
  run: number,
  { round, level }: Position,
  afterMs: number,
): Promise<void> {
  await tx.query(
    "arm-next-level",
    `UPDATE escalation SET round = $3, level = $4, due_at = pager_now() + $5 * interval '1 millisecond'
     WHERE incident_id = $1 AND run = $2 AND state = 'armed'`,
    [incidentId, run, round, level, Math.max(1_000, afterMs)],
  );
}

async function exhaust(tx: Queries, incidentId: string, run: number): Promise<void> {
  await tx.query(
    "exhaust-escalation",
    `UPDATE escalation SET state = 'exhausted', reason = 'nobody-reached'
     WHERE incident_id = $1 AND run = $2 AND state = 'armed'`,
    [incidentId, run],
  );
  await recordEvents(tx, [
    { incidentId, kind: "nobody-reached", text: "everybody was asked and nobody has acknowledged" },
  ]);
}
