import type { Queries, QueryRunner } from "@watchkeeper/exporters/database";
import type { Pass } from "../checkpoint.ts";
import { levelAt } from "../escalation/decide-level.ts";
import type { Policy } from "../escalation/directory.ts";
import { applyFacts } from "../incidents/apply-facts.ts";
import { recordEvents } from "../incidents/timeline.ts";
import type { Reach } from "../routes.ts";
import type { Ledger, LedgerEntry } from "./ledger.ts";

type Attempt = Extract<LedgerEntry, { what: "attempt" }>;
type Ended = Extract<LedgerEntry, { what: "outcome" }>;

/**
 * Reads in what was sent while the database was away: the incidents open under the ids that the messages named, and
 * what arrived is not sent again. Reading the same ledger twice changes nothing.
 *
 * @returns how many messages the ledger knew of
 */
export async function importLedger(
  database: QueryRunner,
  reach: Reach,
  ledger: Ledger,
  checkpoint?: Pass,
): Promise<number> {
  const entries = await ledger.read();
  if (entries.length === 0) return 0;
  const attempts = entries.filter((entry): entry is Attempt => entry.what === "attempt");
  const outcomes = new Map(
    entries
      .filter((entry): entry is Ended => entry.what === "outcome")
      .map((entry) => [entry.deliveryId, entry]),
  );
  await database.transaction(async (tx) => {
    const facts = attempts.flatMap((attempt) => attempt.facts);
    const ids = new Map(
      attempts.flatMap(({ facts: [first], incidentId }) =>
        first ? [[first.incidentKey, incidentId] as const] : [],
      ),
    );
    await applyFacts(tx, facts, { inboxId: null, receivedAt: attempts[0]?.at ?? null, ids }, reach);
    for (const attempt of attempts) await adopt(tx, attempt, outcomes.get(attempt.deliveryId));
    const people = attempts.filter(
      ({ destination, deliveryId }) =>
        destination.includes(":") && outcomes.get(deliveryId)?.result === "sent",
    );
    await takeFirstLevelForFired(tx, [
      ...new Set(people.map(({ facts: [first] }) => first?.incidentKey ?? "")),
    ]);
    await checkpoint?.("adopted");
  });
  await checkpoint?.("imported");
  await ledger.clear();
  return attempts.length;
}

/** People who were told from the snapshot are those of the first level: the next one is asked when its time is up. */
async function takeFirstLevelForFired(tx: Queries, keys: readonly string[]): Promise<void> {
  const { rows } = await tx.query<{ incident_id: string; policy: Policy }>(
    "escalations-of-emergency",
    `SELECT e.incident_id, e.policy FROM escalation e JOIN incident i ON i.id = e.incident_id
     WHERE i.key = ANY($1) AND e.state = 'armed' AND e.run = 1 AND e.round = 0 AND e.level = 0`,
    [keys],
  );
  for (const { incident_id, policy } of rows) {
    const level = levelAt(policy, { round: 0, level: 0 });
    if (level.kind === "exhausted") continue;
    await tx.query(
      "take-level-for-fired",
      `WITH fired AS (
         INSERT INTO escalation_fired (incident_id, run, round, level, due_at, people)
         SELECT incident_id, run, round, level, due_at, 1 FROM escalation WHERE incident_id = $1 AND run = 1
         ON CONFLICT DO NOTHING
       )
       UPDATE escalation SET round = $2, level = $3, due_at = pager_now() + $4 * interval '1 millisecond'
       WHERE incident_id = $1 AND run = 1`,
      [incident_id, level.next.round, level.next.level, level.timeoutMs],
    );
  }
}

/**
 * What arrived counts as sent; an attempt whose end is unknown may have arrived, and its channel looks first: under the
 * id that the attempt had, which is what a receiver folds repetitions by.
 */
async function adopt(tx: Queries, attempt: Attempt, ended: Ended | undefined): Promise<void> {
  const key = attempt.facts[0]?.incidentKey;
  const sent = ended?.result === "sent";
  if (ended && !sent && ended.result !== "ambiguous") return;
  const { rows } = await tx.query<{ incident_id: string }>(
    "adopt-emergency-delivery",
    `UPDATE delivery d SET
       id = CASE WHEN EXISTS (SELECT 1 FROM delivery_attempt a WHERE a.delivery_id = d.id)
         OR EXISTS (SELECT 1 FROM delivery other WHERE other.id = $4) THEN d.id ELSE $4 END,
       state = CASE WHEN $3 THEN 'sent' ELSE 'ambiguous' END, may_have_arrived = true,
       finished_at = CASE WHEN $3 THEN pager_now() END, reason = 'sent while the database was away'
     FROM incident i WHERE i.id = d.incident_id AND i.key = $1 AND i.state <> 'resolved' AND d.destination = $2
       AND d.kind = 'announce' AND d.state IN ('pending', 'retry')
     RETURNING d.incident_id`,
    [key, attempt.destination, sent, attempt.deliveryId],
  );
  const incidentId = rows[0]?.incident_id;
  if (incidentId === undefined) return;
  if (sent) {
    await tx.query(
      "show-emergency-message",
      `INSERT INTO shown_message (incident_id, destination, reference, applied_version) VALUES ($1, $2, $3, 0)
       ON CONFLICT DO NOTHING`,
      [incidentId, attempt.destination, ended?.reference ?? null],
    );
  }
  await recordEvents(tx, [
    {
      incidentId,
      kind: "emergency-page",
      text: `${attempt.destination}: ${sent ? "told" : "perhaps told"} at ${attempt.at.toISOString()} while the database was away`,
    },
  ]);
}
