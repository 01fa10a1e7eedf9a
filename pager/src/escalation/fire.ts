import type { Queries, QueryRunner } from "@watchkeeper/exporters/database";
import type { Pass } from "../checkpoint.ts";
import { recordEvents } from "../incidents/timeline.ts";
import type { PagerMetrics } from "../metrics.ts";
import type { Reach } from "../routes.ts";
import { levelAt, type Position } from "./decide-level.ts";
import type { Policy, Target, TargetReference } from "./directory.ts";
import { cancelAnswered, notifyAll, queueNotifications, usableOf } from "./notify.ts";

export interface FireOptions {
  readonly database: QueryRunner;
  readonly reach: Reach;
  readonly metrics: PagerMetrics;
  readonly checkpoint?: Pass | undefined;
  /** Whether to give up what waits and is not wanted any more, which looks at all that waits. */
  readonly cancels?: boolean;
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
const BATCH = 100;

/** What a firing did, for the metrics; they count what was committed. */
interface Fired {
  readonly result: "paged" | "nobody_on_call" | "catch_all" | "nobody_reached";
  readonly lateSeconds: number;
}

/**
 * Fires the levels that are due and queues the pages that follow. Each level fires once in its run: the row is locked
 * while it fires, and the key of `escalation_fired` refuses a second time.
 *
 * @returns whether there may be more
 */
export async function fireDue(options: FireOptions): Promise<boolean> {
  const { metrics, checkpoint, cancels = true } = options;
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
    const full = rows.length === BATCH;
    const all = await fireAll(tx, options.reach, rows);
    if (cancels && !full) await cancelAnswered(tx);
    await queueNotifications(tx);
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

/** What one escalation's firing writes: its levels, and where it stands afterwards. */
interface Firing {
  readonly row: DueRow;
  readonly levels: readonly {
    readonly position: Position;
    readonly reason: "escalation" | "catch-all";
    readonly targets: readonly Target[];
  }[];
  /** undefined: everybody was asked. */
  readonly next: { readonly position: Position; readonly afterMs: number } | undefined;
}

/** Fires all of them with one statement for each table, however many there are. */
async function fireAll(tx: Queries, reach: Reach, rows: readonly DueRow[]): Promise<readonly Fired[]> {
  if (rows.length === 0) return [];
  const { directory, destinations } = reach;
  const known = new Map<string, Promise<readonly Target[]>>();
  const targetsOf = (references: readonly TargetReference[], at: Date): Promise<readonly Target[]> => {
    // One transaction has one present.
    const key = JSON.stringify(references);
    const targets = known.get(key) ?? directory.targetsAt(tx, references, at);
    known.set(key, targets);
    return targets;
  };
  const firings: Firing[] = [];
  for (const row of rows) firings.push(await plan(row, destinations, targetsOf));

  const fired = firings.flatMap(({ row, levels }) =>
    levels.map(({ position, reason, targets }) => {
      const { incident_id: incidentId, run } = row;
      return { row, targets, about: { incidentId, run, ...position, reason } };
    }),
  );
  await notifyAll(
    tx,
    fired.map(({ about, targets }) => ({ fired: about, targets })),
    destinations,
  );
  const written = fired.map(({ row, about, targets }) => ({
    ...about,
    row,
    targets,
    told: usableOf(targets, destinations).told,
    unreachable: usableOf(targets, destinations).unreachable,
  }));
  await tx.query(
    "log-fired-levels",
    `INSERT INTO escalation_fired (incident_id, run, round, level, due_at, people)
     SELECT e.incident_id, e.run, r.round, r.level, e.due_at, r.people
     FROM jsonb_to_recordset($1::jsonb) AS r("incidentId" uuid, run integer, round integer, level integer, people integer)
     JOIN escalation e ON e.incident_id = r."incidentId" AND e.run = r.run`,
    [
      JSON.stringify(
        written.map(({ incidentId, run, round, level, told }) => ({
          incidentId,
          run,
          round,
          level,
          people: told.length,
        })),
      ),
    ],
  );
  await recordEvents(tx, written.flatMap(eventsOf));
  await arm(tx, firings);
  await exhaust(tx, firings);
  return firings.flatMap((firing) => resultsOf(firing, destinations));
}

/** Passes levels in which nobody can be told until one in which somebody can. */
async function plan(
  row: DueRow,
  destinations: Reach["destinations"],
  targetsOf: (references: readonly TargetReference[], at: Date) => Promise<readonly Target[]>,
): Promise<Firing> {
  const levels: Firing["levels"][number][] = [];
  let position: Position = { round: row.round, level: row.level };
  for (;;) {
    const level = levelAt(row.policy, position);
    if (level.kind === "exhausted") return { row, levels, next: undefined };
    const targets = await targetsOf(level.targets, row.at);
    const reason = level.kind === "catch-all" ? "catch-all" : "escalation";
    levels.push({ position, reason, targets });
    position = level.next;
    if (usableOf(targets, destinations).told.length > 0) {
      return { row, levels, next: { position, afterMs: level.timeoutMs } };
    }
  }
}

interface Written {
  readonly incidentId: string;
  readonly level: number;
  readonly reason: "escalation" | "catch-all";
  readonly targets: readonly Target[];
  readonly told: readonly string[];
  readonly unreachable: readonly string[];
}

function eventsOf({ incidentId, level, reason, targets, told, unreachable }: Written) {
  const name = reason === "catch-all" ? "the catch-all" : `level ${level + 1}`;
  const texts = [
    ...(told.length > 0 ? [`${name} is asked: ${told.join(", ")}`] : []),
    ...(unreachable.length > 0
      ? [`${name}: no channel that is set up reaches ${unreachable.join(", ")}`]
      : []),
    ...(targets.length === 0 ? [`${name}: nobody is on call`] : []),
  ];
  const kind = told.length > 0 ? "escalated" : "nobody-on-call";
  return texts.map((text) => ({ incidentId, kind, text }));
}

function resultsOf({ row, levels, next }: Firing, destinations: Reach["destinations"]): readonly Fired[] {
  const lateSeconds = Math.max(0, row.late_ms) / 1_000;
  const results = levels.map(({ reason, targets }): Fired => {
    if (usableOf(targets, destinations).told.length === 0) return { result: "nobody_on_call", lateSeconds };
    return { result: reason === "catch-all" ? "catch_all" : "paged", lateSeconds };
  });
  return next ? results : [...results, { result: "nobody_reached", lateSeconds }];
}

async function arm(tx: Queries, firings: readonly Firing[]): Promise<void> {
  const rows = firings.flatMap(({ row, next }) =>
    next
      ? [
          {
            incidentId: row.incident_id,
            run: row.run,
            ...next.position,
            afterMs: Math.max(1_000, next.afterMs),
          },
        ]
      : [],
  );
  if (rows.length === 0) return;
  await tx.query(
    "arm-next-levels",
    `UPDATE escalation e SET round = r.round, level = r.level,
       due_at = pager_now() + r."afterMs" * interval '1 millisecond'
     FROM jsonb_to_recordset($1::jsonb) AS r("incidentId" uuid, run integer, round integer, level integer,
       "afterMs" double precision)
     WHERE e.incident_id = r."incidentId" AND e.run = r.run AND e.state = 'armed'`,
    [JSON.stringify(rows)],
  );
}

async function exhaust(tx: Queries, firings: readonly Firing[]): Promise<void> {
  const rows = firings.flatMap(({ row, next }) =>
    next ? [] : [{ incidentId: row.incident_id, run: row.run }],
  );
  if (rows.length === 0) return;
  await tx.query(
    "exhaust-escalations",
    `UPDATE escalation e SET state = 'exhausted', reason = 'nobody-reached'
     FROM jsonb_to_recordset($1::jsonb) AS r("incidentId" uuid, run integer)
     WHERE e.incident_id = r."incidentId" AND e.run = r.run AND e.state = 'armed'`,
    [JSON.stringify(rows)],
  );
  await recordEvents(
    tx,
    rows.map(({ incidentId }) => ({
      incidentId,
      kind: "nobody-reached",
      text: "everybody was asked and nobody has acknowledged",
    })),
  );
}
